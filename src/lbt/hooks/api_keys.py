"""Keys of servers, from the file that Kedro keeps out of git to where the engines look for them."""

import os

from kedro.config import MissingConfigException
from kedro.framework.context import KedroContext
from kedro.framework.hooks import hook_impl

from lbt.errors import SettingsError


class ApiKeys:
    """Puts the entries of `api_keys` in conf/local/credentials.yml into the environment of this process.

    They are not parameters, so that neither MLflow nor a log can contain them. A variable that is set already
    stays as it is.
    """

    @hook_impl
    def after_context_created(self, context: KedroContext) -> None:
        """Read the credentials, if there are any."""
        try:
            credentials = context.config_loader["credentials"]
        except (MissingConfigException, KeyError):
            return
        keys = credentials.get("api_keys") or {}
        if not isinstance(keys, dict) or not all(isinstance(key, str) for key in keys.values()):
            raise SettingsError(
                "credentials.yml: api_keys must hold one line `NAME: key` for each key, such as "
                "OPENAI_API_KEY: sk-…"
            )
        for name, key in keys.items():
            os.environ.setdefault(str(name), key)
