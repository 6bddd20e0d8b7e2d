"""Errors that a user can act on: each says what was wrong, where, and what to do next."""


class LbtError(Exception):
    """Base of all errors that are shown to the user as a plain message, without a traceback."""


class DataError(LbtError):
    """A problem file, row or table is unusable."""


class ModelError(LbtError):
    """A model folder or endpoint is unusable."""


class SettingsError(LbtError):
    """A parameter has a wrong type, range or combination."""
