"""The little that the local servers share: read a bounded body, answer, serve until told to stop.

Production has API Gateway here; nothing in this package is deployed.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

from hypercorn.asyncio import serve as hypercorn_serve
from hypercorn.config import Config

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

# A connection silent for so long is closed, whatever it had begun to say.
SILENCE_SECONDS: Final = 35
KEEP_ALIVE_SECONDS: Final = 30
HEAD_BYTES: Final = 32 * 1024


class TooLargeError(Exception):
    """The body exceeds what the caller allows."""


class DisconnectedError(Exception):
    """The client left before the end of its request."""


async def read_body(receive: Receive, limit_bytes: int, timeout_seconds: float) -> bytes:
    """Return the whole body.

    Raises:
        TooLargeError: it exceeds the limit.
        TimeoutError: it took too long, slow drips included.
        DisconnectedError: the client left.
    """
    body = bytearray()
    async with asyncio.timeout(timeout_seconds):
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise DisconnectedError
            body += message.get("body", b"")
            if len(body) > limit_bytes:
                raise TooLargeError
            if not message.get("more_body"):
                return bytes(body)


async def answer(
    send: Send, status: int, body: bytes, headers: Headers, *, head: bool = False
) -> None:
    """Send a whole answer; a HEAD request gets its headers only."""
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": b"" if head else body})


async def answer_json(send: Send, status: int, value: object) -> None:
    """Send a JSON answer that nobody may keep."""
    headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
    await answer(send, status, json.dumps(value).encode(), headers)


async def lifespan(receive: Receive, send: Send) -> None:
    """Answer the start and stop events of an application that needs neither."""
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


def header(scope: Scope, name: bytes) -> str:
    """Return the first header of that name, or an empty string."""
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


def serve(app: App, port: int) -> None:
    """Serve on the loopback until a signal, or until the launcher that owns our input is gone."""
    asyncio.run(_serve(app, port))


async def _serve(app: App, port: int) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if not sys.stdin.isatty():
        threading.Thread(target=_watch_owner, args=(loop, stop), daemon=True).start()
    config = Config()
    config.bind = [f"127.0.0.1:{port}"]
    config.loglevel = "WARNING"
    config.accesslog = None
    config.keep_alive_timeout = KEEP_ALIVE_SECONDS
    config.read_timeout = SILENCE_SECONDS
    config.h11_max_incomplete_size = HEAD_BYTES
    config.include_server_header = False
    config.graceful_timeout = 3.0
    await hypercorn_serve(app, config, shutdown_trigger=stop.wait)


def _watch_owner(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """Ask to stop at the end of our input: the launcher died, however it died."""
    while os.read(sys.stdin.fileno(), 1):
        pass
    loop.call_soon_threadsafe(stop.set)
