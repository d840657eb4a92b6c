"""Keys on moto, new tables for each test, and a process that remembers nothing.

One set of root keys serves a whole module: moto makes an RSA pair for each, whatever its use.
"""

from collections.abc import Iterator

import pytest
from moto import mock_aws

from chalicelib.core import aws, settings, tables
from chalicelib.vault import blind, keys
from tests.vault.host import OTHER, PATIENT, PREFIX, Host, watched

FAMILIES = ("ROOT", "TRACE", "SEAL", "TOKEN")


@pytest.fixture(scope="module")
def root_keys() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as environment, mock_aws():
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
            environment.setenv(name, "testing")
        environment.setenv("AWS_ACCOUNT_ID_ENDPOINT_MODE", "disabled")
        environment.setenv("AWS_DEFAULT_REGION", "eu-west-3")
        environment.setenv("CARNET_PREFIX", PREFIX)
        environment.setenv("PUBLIC_BASE_URL", "http://localhost")
        environment.setenv("DOCUMENTS_BUCKET", "documents")
        environment.setenv("ARCHIVE_BUCKET", "archive")
        for family in FAMILIES:
            environment.setenv(f"KMS_{family}_KEY_ARN", "to be created")
        settings.settings.cache_clear()
        for family in FAMILIES:
            arn = aws.client("kms").create_key()["KeyMetadata"]["Arn"]
            environment.setenv(f"KMS_{family}_KEY_ARN", arn)
        settings.settings.cache_clear()
        yield
    settings.settings.cache_clear()


@pytest.fixture
def host(root_keys: None) -> Iterator[Host]:  # noqa: ARG001  tables need the keys
    dynamodb = aws.client("dynamodb")
    tables.create_all(dynamodb, PREFIX)
    _forget()
    with watched() as host:
        yield host
    _forget()
    for table in tables.TABLES:
        dynamodb.delete_table(TableName=table.physical_name(PREFIX))


def _forget() -> None:
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
