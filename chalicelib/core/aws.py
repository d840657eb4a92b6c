"""Cached AWS clients with timeouts shorter than the gateway's (P6)."""

from functools import cache
from typing import TYPE_CHECKING, Any, Literal, overload

import boto3
from botocore.config import Config

from chalicelib.core.settings import settings

if TYPE_CHECKING:
    from types_boto3_kms import KMSClient
    from types_boto3_s3 import S3Client
    from types_boto3_sesv2 import SESV2Client
    from types_boto3_sqs import SQSClient

CONNECT_TIMEOUT_SECONDS = 1
READ_TIMEOUT_SECONDS = 3
ATTEMPTS = 3
# A mail sent again is a second mail: only the worker that keeps its notice sends it again.
ATTEMPTS_OF = {"sesv2": 1}
POOL_SIZE = 16


@overload
def client(service: Literal["kms"]) -> "KMSClient": ...
@overload
def client(service: Literal["s3"]) -> "S3Client": ...
@overload
def client(service: Literal["sqs"]) -> "SQSClient": ...
@overload
def client(service: Literal["sesv2"]) -> "SESV2Client": ...
@overload
def client(service: str) -> Any: ...  # noqa: ANN401  the SDK's clients are made at run time
@cache
def client(service: str) -> Any:
    """Return the process's client of a service; safe to share between threads."""
    return boto3.client(  # type: ignore[call-overload]  # the service name is a variable
        service,
        region_name=settings().region,
        config=Config(
            connect_timeout=CONNECT_TIMEOUT_SECONDS,
            read_timeout=READ_TIMEOUT_SECONDS,
            retries={"mode": "standard", "total_max_attempts": ATTEMPTS_OF.get(service, ATTEMPTS)},
            max_pool_connections=POOL_SIZE,
            s3={"addressing_style": "path"},
        ),
    )
