"""A hub on this machine's loopback that speaks as much of the Hugging Face hub's protocol as a push needs.

A repository is a folder; files are committed as huggingface_hub sends them, the large ones by git-lfs.
"""

import base64
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

TOKEN = "hf_test"
_LARGE = (".safetensors", ".parquet")
_REPOSITORY = re.compile(r"/api/(model|dataset)s/([^/]+/[^/]+)/(preupload|commit)/main")
_OBJECTS = re.compile(r"/(datasets/)?([^/]+/[^/]+)\.git/info/lfs/objects/batch")


@contextmanager
def hub_server(folder: Path, largest: int = 10**9) -> Iterator[str]:
    """Serve a hub whose repositories are folders in `folder`: model/OWNER/NAME and dataset/OWNER/NAME.

    Args:
        largest: Bytes of the largest file that it takes.
    """

    class Handler(_Handler):
        root = folder
        limit = largest

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    root: Path
    limit: int

    def log_message(self, format: str, *arguments: Any) -> None:
        """Say nothing: what a test prints is the command's."""

    def do_PUT(self) -> None:
        content = self._body()
        oid = self.path.removeprefix("/objects/")
        if len(content) > self.limit:
            self._answer({"error": "It is too large."}, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return
        assert sha256(content).hexdigest() == oid
        self._object(oid).parent.mkdir(parents=True, exist_ok=True)
        self._object(oid).write_bytes(content)
        self._answer({})

    def do_POST(self) -> None:
        body = self._body()
        if self.headers["authorization"] != f"Bearer {TOKEN}":
            self._answer({"error": "This token may not write here."}, HTTPStatus.FORBIDDEN)
        elif self.path == "/api/repos/create":
            self._create(json.loads(body))
        elif self.path == "/api/validate-yaml":
            self._answer({"errors": [], "warnings": []})
        elif _OBJECTS.fullmatch(self.path):
            self._grant(json.loads(body)["objects"])
        elif (found := _REPOSITORY.fullmatch(self.path)) and found[3] == "preupload":
            self._sort(json.loads(body)["files"])
        elif found:
            self._commit(found[1], found[2], body)
        else:
            self._answer({"error": f"There is no {self.path}."}, HTTPStatus.NOT_FOUND)

    def _create(self, wanted: dict[str, str]) -> None:
        name = f"{wanted['organization']}/{wanted['name']}"
        folder = self.root / wanted["type"] / name
        status = HTTPStatus.CONFLICT if folder.is_dir() else HTTPStatus.OK
        folder.mkdir(parents=True, exist_ok=True)
        self._answer({"url": f"{self._address}/{_place(wanted['type'])}{name}"}, status)

    def _sort(self, files: list[dict[str, Any]]) -> None:
        modes = [
            {
                "path": file["path"],
                "uploadMode": "lfs" if file["path"].endswith(_LARGE) else "regular",
                "shouldIgnore": False,
            }
            for file in files
        ]
        self._answer({"files": modes})

    def _grant(self, objects: list[dict[str, Any]]) -> None:
        granted = [
            entry | {"actions": {"upload": {"href": f"{self._address}/objects/{entry['oid']}"}}}
            for entry in objects
        ]
        self._answer({"transfer": "basic", "objects": granted})

    def _commit(self, kind: str, name: str, body: bytes) -> None:
        for line in body.decode().splitlines():
            entry = json.loads(line)
            if entry["key"] == "header":
                continue
            value = entry["value"]
            content = (
                self._object(value["oid"]).read_bytes()
                if entry["key"] == "lfsFile"
                else base64.b64decode(value["content"])
            )
            file = self.root / kind / name / value["path"]
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        commit = sha256(body).hexdigest()
        address = f"{self._address}/{_place(kind)}{name}/commit/{commit}"
        self._answer({"commitUrl": address, "commitOid": commit})

    def _object(self, oid: str) -> Path:
        return self.root / "objects" / oid

    @property
    def _address(self) -> str:
        return f"http://{self.headers['host']}"

    def _body(self) -> bytes:
        if self.headers.get("transfer-encoding") == "chunked":
            body = b""
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return body
        return self.rfile.read(int(self.headers.get("content-length", 0)))

    def _answer(self, content: dict[str, Any], status: HTTPStatus = HTTPStatus.OK) -> None:
        text = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


def _place(kind: str) -> str:
    return "datasets/" if kind == "dataset" else ""
