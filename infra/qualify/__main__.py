"""Tell which of the product's needs a host meets, promise by promise (D3).

    make qualify

The endpoints are the SDK's own variables: `AWS_ENDPOINT_URL`, or one for each service
(`AWS_ENDPOINT_URL_DYNAMODB`, `AWS_ENDPOINT_URL_DYNAMODB_STREAMS`, `AWS_ENDPOINT_URL_S3`,
`AWS_ENDPOINT_URL_KMS`), with `AWS_REGION` and credentials. It makes an installation of its own
there, and removes it. Exit statuses: 0 the product can run there, 1 it cannot, 2 no installation
could be made.
"""

from __future__ import annotations

import os
import secrets
import sys
import time
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from infra import bare
from infra.qualify.promise import Host, Verdict, judge

if TYPE_CHECKING:
    from collections.abc import Iterator

_REGION: Final = "eu-west-3"
_OURS: Final = {"PUBLIC_BASE_URL": "https://qualification.invalid", "STAGE": "prod"}
_QUIET: Final = Config(
    connect_timeout=5,
    read_timeout=20,
    retries={"mode": "standard", "total_max_attempts": 2},
    s3={"addressing_style": "path"},
)


def main() -> int:
    """Qualify the host of the environment; return the exit status."""
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or _REGION
    os.environ["AWS_REGION"] = os.environ["AWS_DEFAULT_REGION"] = region

    @cache
    def client(service: str) -> Any:  # noqa: ANN401  clients are made at run time
        return boto3.client(service, config=_QUIET)  # type: ignore[call-overload]

    prefix = f"qualify-{secrets.token_hex(4)}"
    try:
        settings = bare.stores(client, prefix, region)
    except (ClientError, BotoCoreError) as error:
        print(f"no installation can be made: {error}", file=sys.stderr)
        return 2
    os.environ.update(settings | _OURS)
    verdicts = list(qualify(Host(client, prefix, settings)))
    stay = bare.remove(client, settings)
    print(f"\n{summary(verdicts)}")
    if stay:
        print(f"What stays (an archive is locked, as it must be): {', '.join(stay)}")
    return 1 if any(one.is_fatal for one in verdicts) else 0


def qualify(host: Host) -> Iterator[Verdict]:
    """Judge each promise, printing the verdict as it comes."""
    from infra.qualify import database, files, keys, product  # noqa: PLC0415  rows name their tables when imported

    service = ""
    for promise in (
        *database.PROMISES,
        *files.PROMISES,
        *keys.PROMISES,
        *product.PROMISES,
    ):
        if promise.service != service:
            service = promise.service
            print(f"\n{service}")
        began = time.monotonic()
        verdict = judge(promise, host)
        print(f"  {_said(verdict):7} {promise.says} ({time.monotonic() - began:.1f} s)", flush=True)
        if verdict.broken:
            print(f"          {verdict.broken}{_without(verdict)}", flush=True)
        yield verdict


def summary(verdicts: list[Verdict]) -> str:
    """Say in one sentence what was found."""
    held = sum(not one.broken for one in verdicts)
    fatal = sum(one.is_fatal for one in verdicts)
    end = f"{fatal} of those broken are needed" if fatal else "the product can run there"
    return f"{held} of {len(verdicts)} promises hold: {end}."


def _said(verdict: Verdict) -> str:
    if not verdict.broken:
        return "holds"
    return "BROKEN" if verdict.is_fatal else "without"


def _without(verdict: Verdict) -> str:
    return f"; {verdict.promise.without}" if verdict.promise.without else ""


if __name__ == "__main__":
    sys.exit(main())
