"""Tables and keys on moto, new for each test, and a process that remembers nothing."""

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from chalicelib.core import aws, settings, tables
from chalicelib.vault import blind, keys
from tests.vault.host import OTHER, PATIENT, PREFIX, Host


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> Iterator[Host]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_ACCOUNT_ID_ENDPOINT_MODE", "disabled")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-3")
    monkeypatch.setenv("CARNET_PREFIX", PREFIX)
    monkeypatch.setenv("PUBLIC_BASE_URL", "http://localhost")
    monkeypatch.setenv("DOCUMENTS_BUCKET", "documents")
    with mock_aws():
        _new_process()
        kms = boto3.client("kms")
        for family in ("ROOT", "TRACE", "TOKEN"):
            arn = kms.create_key()["KeyMetadata"]["Arn"]
            monkeypatch.setenv(f"KMS_{family}_KEY_ARN", arn)
        tables.create_all(aws.client("dynamodb"), PREFIX)
        yield Host()
    _new_process()


def _new_process() -> None:
    settings.settings.cache_clear()
    aws.client.cache_clear()  # type: ignore[attr-defined]  # typed as overloads
    keys.forget()
    blind.forget()


@pytest.fixture
def patient(host: Host) -> str:
    keys.create_branch_key(PATIENT)
    host.calls.clear()
    return PATIENT


@pytest.fixture
def other(host: Host) -> str:
    keys.create_branch_key(OTHER)
    host.calls.clear()
    return OTHER
