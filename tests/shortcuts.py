"""Shorten what botocore, moto and the encryption SDK work out anew for each call.

Answers stay the same. Nothing reads a signature or counts on the shape of a request's id, so
these are not computed.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache, lru_cache
from io import BytesIO
from itertools import count
from typing import Any, Final
from unittest.mock import patch
from urllib.parse import parse_qsl, urlsplit

import _dafny
from aws_cryptographic_material_providers.internaldafny.generated.AwsArnParsing import (
    default__ as arns,
)
from botocore import useragent
from botocore.auth import SigV4Auth
from moto import backend_index
from moto.backends import get_backend
from moto.core import responses
from moto.core.botocore_stubber import BotocoreStubber
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.core.request import (
    PRESERVED_HEADER_NAMES_ENVIRON_KEY,
    Request,
    environ_key_for_header,
    normalize_request,
)
from werkzeug.exceptions import HTTPException

Handler = Callable[[Request, str, Any], Any]

_request_numbers: Final = count(1)
_real_process: Final = BotocoreStubber.process_request
_real_request: Final = Request.from_primitives.__func__  # type: ignore[attr-defined]
_real_parse: Final = arns.ParseAwsKmsArn


@contextmanager
def applied() -> Iterator[None]:
    """Apply the shortcuts until the end of the block."""
    clean = "sanitize_user_agent_string_component"
    with ExitStack() as stack:
        for replaced in (
            patch.object(useragent, clean, cache(getattr(useragent, clean))),
            patch.object(SigV4Auth, "canonical_request", lambda *_: ""),
            patch.object(SigV4Auth, "string_to_sign", lambda *_: ""),
            patch.object(SigV4Auth, "signature", lambda *_: "unsigned"),
            patch.object(BotocoreStubber, "process_request", _process),
            patch.object(Request, "from_primitives", classmethod(_request)),
            patch.object(responses, "parse_qsl", _form),
            patch.object(responses, "gen_amzn_requestid_long", _named),
            patch.object(_dafny.Seq, "__iter__", lambda seq: iter(seq.Elements), create=True),
            patch.object(arns, "ParseAwsKmsArn", staticmethod(_arn)),
        ):
            stack.enter_context(replaced)
        yield


def _process(self: BotocoreStubber, request: Any) -> Any:
    """Answer by the function that answered this address before, which moto looks for each time."""
    parts = urlsplit(request.url)
    handle = _handler(f"{parts.scheme}://{parts.netloc}{parts.path}")
    if handle is None:
        return _real_process(self, request)
    asked = normalize_request(request)
    try:
        return handle(asked, asked.raw_url, asked.headers)
    except HTTPException as error:
        return error.code, error.get_headers(), error.get_body()


@lru_cache(1024)
def _handler(address: str) -> Handler | None:
    for service, pattern in backend_index.backend_url_patterns:
        if pattern.match(address):
            regions = get_backend(service)[DEFAULT_ACCOUNT_ID]  # type: ignore[call-overload]
            urls = regions["us-east-1" if "us-east-1" in regions else "aws"].urls
            found = next((handle for url, handle in urls.items() if re.match(url, address)), None)
            if found is not None:
                return found  # type: ignore[no-any-return]  # moto says so of its urls
    return None


def _request(cls: type[Request], method: str, url: str, headers: Any, body: Any = None) -> Request:
    """Build what a JSON service is asked, a POST to the root, without werkzeug's builder."""
    parts = urlsplit(url)
    if method != "POST" or parts.path not in {"", "/"} or parts.query or not _is_json(body):
        return _real_request(cls, method, url, headers, body)  # type: ignore[no-any-return]
    sent = {
        environ_key_for_header(name): value.decode() if isinstance(value, bytes) else str(value)
        for name, value in headers.items()
    }
    fixed: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": "/",
        "QUERY_STRING": "",
        "RAW_URI": "/",
        "REQUEST_URI": "/",
        "SERVER_NAME": parts.hostname,
        "SERVER_PORT": str(parts.port or {"http": 80, "https": 443}[parts.scheme]),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": parts.scheme,
        "wsgi.input": BytesIO(body),
        "CONTENT_LENGTH": str(len(body)),
        PRESERVED_HEADER_NAMES_ENVIRON_KEY: {},
    }
    return cls({"HTTP_HOST": parts.netloc} | sent | fixed)


def _is_json(body: Any) -> bool:
    return isinstance(body, bytes) and body.startswith(b"{")


def _form(body: str, **kwargs: Any) -> list[tuple[str, str]]:
    """Look for a form's fields where there may be some: a JSON body has none."""
    return [] if body.startswith("{") else parse_qsl(body, **kwargs)


def _named(headers: dict[str, str]) -> str:
    headers["x-amzn-requestid"] = name = f"{next(_request_numbers):052}"
    return name


def _arn(identifier: Any) -> Any:
    return _arn_of("".join(identifier))


@cache
def _arn_of(identifier: str) -> Any:
    return _real_parse(_dafny.Seq(identifier))
