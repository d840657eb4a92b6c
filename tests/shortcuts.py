"""Shorten what botocore, moto and the encryption SDK work out anew for each call.

Answers stay the same. Nothing reads a signature or the hour of an answer, or counts on the shape
of a request's id, so these are not computed.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache, lru_cache
from io import BytesIO
from itertools import count
from typing import Any, Final
from unittest.mock import patch
from urllib.parse import urlsplit

import _dafny
from aws_cryptographic_material_providers.internaldafny.generated.AwsArnParsing import (
    default__ as arns,
)
from botocore.auth import SigV4Auth
from botocore.regions import EndpointRulesetResolver
from botocore.signers import RequestSigner
from botocore.useragent import UserAgentString
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
from moto.utilities.utils import get_partition
from werkzeug.datastructures import CombinedMultiDict
from werkzeug.exceptions import HTTPException

_TARGET: Final = environ_key_for_header("X-Amz-Target")  # what a JSON service is asked

Handler = Callable[[Request, str, Any], Any]

_request_numbers: Final = count(1)
_endpoints: Final[dict[tuple[EndpointRulesetResolver, str], Any]] = {}
_real_process: Final = BotocoreStubber.process_request
_real_request: Final = Request.from_primitives.__func__  # type: ignore[attr-defined]
_real_set_up: Final = responses.BaseResponse.setup_class
_real_sign: Final = RequestSigner.sign
_real_endpoint: Final = EndpointRulesetResolver.construct_endpoint
_real_parse: Final = arns.ParseAwsKmsArn


@contextmanager
def applied() -> Iterator[None]:
    """Apply the shortcuts until the end of the block."""
    with ExitStack() as stack:
        for replaced in (
            patch.object(UserAgentString, "to_string", lambda _: "tests"),
            patch.object(EndpointRulesetResolver, "construct_endpoint", _endpoint),
            patch.object(RequestSigner, "sign", _sign),
            patch.object(SigV4Auth, "canonical_request", lambda *_: ""),
            patch.object(SigV4Auth, "string_to_sign", lambda *_: ""),
            patch.object(SigV4Auth, "signature", lambda *_: "unsigned"),
            patch.object(BotocoreStubber, "process_request", _process),
            patch.object(Request, "from_primitives", classmethod(_request)),
            patch.object(responses.BaseResponse, "setup_class", _set_up),
            patch.object(responses, "gen_amzn_requestid_long", _named),
            patch.object(_dafny.classproperty, "__get__", lambda held, _, owner: _of(held, owner)),
            patch.object(_dafny.Seq, "__iter__", lambda seq: iter(seq.Elements), create=True),
            patch.object(arns, "ParseAwsKmsArn", staticmethod(_arn)),
        ):
            stack.enter_context(replaced)
        yield


def _endpoint(
    self: EndpointRulesetResolver, operation_model: Any, call_args: Any, request_context: Any
) -> Any:
    """Resolve once where an operation is sent: for files alone, that follows from what is sent."""
    if operation_model.service_model.service_name == "s3":
        return _real_endpoint(self, operation_model, call_args, request_context)
    known = _endpoints.get((self, operation_model.name))
    if known is None:
        known = _real_endpoint(self, operation_model, call_args, request_context)
        _endpoints[self, operation_model.name] = known
    return known


def _sign(self: Any, operation_name: str, request: Any, *args: Any, **more: Any) -> None:
    """Sign addresses, and what is sent to the files; say of the rest from which region it comes."""
    if self._service_id.hyphenize() == "s3" or args or more:
        _real_sign(self, operation_name, request, *args, **more)
    else:
        request.headers["Authorization"] = f"AWS4 unsigned/now/{self._region_name}"


def _process(self: BotocoreStubber, request: Any) -> Any:
    """Answer by the function that answered this address before, which moto looks for each time."""
    parts = urlsplit(request.url)
    handle = _handler(f"{parts.scheme}://{parts.netloc}{parts.path}")
    if handle is None:
        return _real_process(self, request)
    asked = normalize_request(request)
    try:
        address = request.url if _TARGET in asked.environ else asked.raw_url
        return handle(asked, address, asked.headers)
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
    asked = cls({"HTTP_HOST": parts.netloc} | sent | fixed)
    asked._cached_data, asked.values = body, CombinedMultiDict()
    return asked


def _is_json(body: Any) -> bool:
    return isinstance(body, bytes) and body.startswith(b"{")


def _set_up(
    self: Any, request: Request, full_url: str | None = None, headers: Any = None, **more: Any
) -> None:
    """Read what a JSON service is asked without looking for forms, files and access keys."""
    if _TARGET not in request.environ or full_url is None:
        _real_set_up(self, request, full_url, headers, **more)
        return
    self.is_werkzeug_request = False
    self.normalized_request = request
    self.raw_body = request.data
    self.body = self.raw_body.decode()
    self.form_data, self.querystring, self.data = {}, {}, {}
    self.uri, self.path, self.raw_path, self.parsed_url = full_url, "/", "/", urlsplit(full_url)
    self.method, self.uri_match = request.method, {}
    self.region = self.get_region_from_url(request, full_url)
    self.partition = get_partition(self.region)
    self.headers = request.headers
    self.response_headers = {"server": "amazon.com"}
    if self.automated_parameter_parsing:
        self.parse_parameters(request)
    self.access_key, self.current_account = "AKIAEXAMPLE", DEFAULT_ACCOUNT_ID


def _named(headers: dict[str, str]) -> str:
    headers["x-amzn-requestid"] = name = f"{next(_request_numbers):052}"
    return name


@cache
def _of(constant: Any, owner: type[Any]) -> Any:
    """Return a constant of the language the SDK was written in, which is built each time."""
    return constant.fget(owner)


def _arn(identifier: Any) -> Any:
    return _arn_of("".join(identifier))


@cache
def _arn_of(identifier: str) -> Any:
    return _real_parse(_dafny.Seq(identifier))
