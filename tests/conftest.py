"""The world of the tests: a double of the cloud, an HTTP client, a clock, calls and faults.

The environment is set before anything of ours is imported, because rows name their table then.
"""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

os.environ |= {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_SESSION_TOKEN": "testing",
    "AWS_DEFAULT_REGION": "eu-west-3",
    "AWS_REGION": "eu-west-3",
    # moto does not know the endpoints with an account id in them (streams).
    "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",
    "AWS_EC2_METADATA_DISABLED": "true",
    "CARNET_PREFIX": "carnet-test",
    "STAGE": "test",
    "PUBLIC_BASE_URL": "https://carnet.test",
    "DOCUMENTS_BUCKET": "carnet-test-documents",
    "NOTIFY_QUEUE_URL": "https://sqs.eu-west-3.amazonaws.com/123456789012/carnet-test-notify",
    "KMS_ROOT_KEY_ARN": "arn:aws:kms:eu-west-3:123456789012:key/root",
    "KMS_TRACE_KEY_ARN": "arn:aws:kms:eu-west-3:123456789012:key/trace",
    "KMS_TOKEN_KEY_ARN": "arn:aws:kms:eu-west-3:123456789012:key/token",
    "MAIL_SENDER": "carnet@carnet.test",
    "OIDC_FRANCECONNECT_ISSUER": "https://franceconnect.test",
    "OIDC_FRANCECONNECT_CLIENT_ID": "carnet",
    "OIDC_FRANCECONNECT_CLIENT_SECRET": "secret-of-the-double",
    "OIDC_PSC_ISSUER": "https://psc.test",
    "OIDC_PSC_CLIENT_ID": "carnet",
    "OIDC_PSC_CLIENT_SECRET": "secret-of-the-double",
}

from datetime import UTC, datetime

import pytest
import pytest_socket
import time_machine
from moto import mock_aws

from chalicelib.core import aws, tables
from chalicelib.core.settings import settings
from chalicelib.vault import blind
from tests import double
from tests.http_client import Client
from tests.injector import Faults
from tests.recorder import Recorder, recorder, serialised

if TYPE_CHECKING:
    from tests.worlds import World

_FAMILIES = ("ROOT", "TRACE", "TOKEN")
_MAY_OPEN_SOCKETS = ("cloud", "browser", "enable_socket")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Refuse sockets, except to tests that start servers on the loopback."""
    if not any(item.get_closest_marker(name) for name in _MAY_OPEN_SOCKETS):
        pytest_socket.disable_socket(allow_unix_socket=True)


@pytest.fixture(scope="session")
def cloud() -> Iterator[dict[str, str]]:
    """Start moto once for the session, with three root keys: an RSA pair each takes long."""
    with mock_aws(), serialised():
        kms = aws.client("kms")
        yield {
            f"KMS_{family}_KEY_ARN": kms.create_key()["KeyMetadata"]["Arn"] for family in _FAMILIES
        }


_installed: list[tuple[double.Installation, double.Snapshot]] = []


@pytest.fixture(name="aws")
def aws_(cloud: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Recorder]:
    """Give a new installation, empty but for its secret, to a process that knows nothing."""
    for name, arn in cloud.items():
        monkeypatch.setenv(name, arn)
    double.new_process()
    if not _installed:
        double.clear()
        _install()
        _installed.append((double.installation(), double.snapshot()))
        double.new_process()
    double.install(*_installed[0])
    recorder.clear()
    yield recorder
    recorder.plans.clear()
    double.clear()
    monkeypatch.undo()
    double.new_process()


def _install() -> None:
    tables.create_all(aws.client("dynamodb"), settings().table_prefix)
    bucket = settings().documents_bucket
    aws.client("s3").create_bucket(
        Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-3"}
    )
    aws.client("s3").put_bucket_versioning(
        Bucket=bucket, VersioningConfiguration={"Status": "Enabled"}
    )
    aws.client("sqs").create_queue(QueueName=settings().notify_queue_url.rsplit("/", 1)[1])
    aws.client("sesv2").create_email_identity(EmailIdentity=settings().mail_sender)
    blind.ensure_secret()


@pytest.fixture
def calls(aws: Recorder) -> Recorder:
    """Record every call to the cloud: `calls.names`, `calls.counted`, `calls.trips`."""
    aws.clear()
    return aws


@pytest.fixture
def faults(aws: Recorder) -> Iterator[Faults]:
    """Break calls to the cloud, by number or by operation."""
    aws.clear()
    injector = Faults()
    yield injector
    injector.clear()


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Stop the clock on a Monday morning; `clock.shift(timedelta)` and `clock.move_to` move it."""
    with time_machine.travel(datetime(2026, 11, 23, 9, 30, tzinfo=UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def world(aws: Recorder) -> "World":
    """Give a person, those around her, and their documents; ask for `clock` before it."""
    from tests import worlds  # noqa: PLC0415  imports every use case

    made = worlds.restored()
    aws.clear()
    return made


@pytest.fixture
def http(aws: Recorder) -> Client:  # noqa: ARG001  every route reads the store
    """Call the application in process, through the container's own front (D3)."""
    from chalicelib.runtime.wsgi import application  # noqa: PLC0415  imports every route

    return Client(application)
