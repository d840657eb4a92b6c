"""The built client alone, served as the front server does: for screens whose answers are given.

The policy is read from the front server's own source, so both cannot differ.
"""

import ast
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

ROOT = Path(__file__).resolve().parents[2]
DIST = ROOT / "web" / "dist"
_KINDS = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".html": "text/html",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}


def client_policy() -> str:
    """Return the Content-Security-Policy that the front server sends with the client's files."""
    tree = ast.parse((ROOT / "infra" / "local" / "front.py").read_text(encoding="utf-8"))
    for node in tree.body:
        if (
            isinstance(node, ast.AnnAssign)
            and isinstance(node.target, ast.Name)
            and node.target.id == "CLIENT_POLICY"
            and node.value is not None
        ):
            return str(ast.literal_eval(node.value)).format(providers="")
    raise LookupError("CLIENT_POLICY")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    policy = ""
    files: ClassVar[dict[str, bytes]] = {}

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        named = re.search(r"\.[0-9a-z]{1,12}$", path)
        name = path if path in self.files or named else "/index.html"
        body = self.files.get(name)
        self.send_response(404 if body is None else 200)
        kind = _KINDS.get(Path(name).suffix, "application/octet-stream")
        body = body or b""
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", self.policy)
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)


class _Server(ThreadingHTTPServer):
    request_queue_size = 64


@contextmanager
def serve() -> Iterator[str]:
    """Serve the built client on the loopback; give its address."""
    # Read once: a build that happens meanwhile does not mix two versions.
    files = {f"/{p.relative_to(DIST)}": p.read_bytes() for p in DIST.rglob("*") if p.is_file()}
    handler = type("Handler", (_Handler,), {"policy": client_policy(), "files": files})
    server = _Server(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
