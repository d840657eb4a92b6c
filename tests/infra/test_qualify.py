"""The contract with a host, held by the double of the tests too; who breaks it is told so."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.core import aws as clients
from chalicelib.core import tables
from chalicelib.core.settings import settings
from infra import bare
from infra.qualify import __main__ as kit
from infra.qualify import database, files, keys, product
from infra.qualify.promise import Host, Promise, Verdict, judge
from tests.recorder import Recorder

PROMISES = [*database.PROMISES, *files.PROMISES, *keys.PROMISES, *product.PROMISES]
# What the double of the tests does not do as a host does (docs/adr/0033-two-doubles.md).
OF_THE_DOUBLE = {"what does not have its SHA-256 is refused"}


@pytest.fixture
def host(aws: Recorder) -> Host:
    del aws
    here = settings()
    names = {
        "DOCUMENTS_BUCKET": here.documents_bucket,
        "ARCHIVE_BUCKET": here.archive_bucket,
        "KMS_ROOT_KEY_ARN": here.kms_root_key_arn,
        "KMS_TRACE_KEY_ARN": here.kms_trace_key_arn,
        "KMS_TOKEN_KEY_ARN": here.kms_token_key_arn,
    }
    return Host(clients.client, here.table_prefix, names)


@pytest.mark.parametrize("promise", PROMISES, ids=lambda one: one.says)
def test_the_double_keeps_the_promises(host: Host, promise: Promise) -> None:
    assert bool(judge(promise, host).broken) == (promise.says in OF_THE_DOUBLE)


def _unconditional(operation: str, **dropped: Any) -> Callable[[str], Any]:
    """Give clients of a host that forgets a condition of one operation."""

    def client(service: str) -> Any:
        real = clients.client(service)

        class Forgetful:
            def __getattr__(self, name: str) -> Any:
                if name != operation:
                    return getattr(real, name)
                return lambda **given: getattr(real, name)(
                    **{key: one for key, one in given.items() if key not in dropped}
                )

        return Forgetful()

    return client


@pytest.mark.parametrize(
    ("operation", "dropped", "says"),
    [
        ("put_item", "ConditionExpression", "a row that is there is not put again"),
        ("put_object", "IfNoneMatch", "an object is written once"),
        ("put_object", "ObjectLockMode", "an object under a lock is deleted by nobody"),
        ("get_object", "Range", "an object is read in part"),
        ("decrypt", "EncryptionContext", "what was wrapped opens under its own context only"),
        ("query", "Limit", "pages follow the order of bytes"),
        ("query", "ScanIndexForward", "pages follow the order of bytes"),
        ("re_encrypt", "DestinationEncryptionContext", "a context is changed inside"),
    ],
)
def test_a_host_that_forgets_what_it_was_asked_is_told_so(
    host: Host, operation: str, dropped: str, says: str
) -> None:
    (promise,) = [one for one in PROMISES if one.says.startswith(says)]
    other = replace(host, client=_unconditional(operation, **{dropped: None}))

    verdict = judge(promise, other)

    assert verdict.broken
    assert verdict.is_fatal == (not promise.without)


def test_the_sentence_at_the_end_says_whether_the_product_can_run(
    host: Host, capsys: pytest.CaptureFixture[str]
) -> None:
    verdicts = list(kit.qualify(host))

    said = capsys.readouterr().out
    assert kit.summary(verdicts) == (
        f"{len(PROMISES) - 1} of {len(PROMISES)} promises hold: the product can run there."
    )
    assert "  without what does not have its SHA-256 is refused" in said
    fatal = [*verdicts, Verdict(PROMISES[0], "refused")]
    assert kit.summary(fatal).endswith("1 of those broken are needed.")


def test_an_installation_made_with_public_calls_is_removed_whole(host: Host) -> None:
    made = bare.create(host.client, "bare", "eu-west-3")
    assert made["NOTIFY_QUEUE_URL"].endswith("/bare-notify")
    assert made["INGEST_QUEUE_URL"].endswith("/bare-ingest")
    before = set(host.client("dynamodb").list_tables()["TableNames"])
    assert {name for name in before if name.startswith("bare-")} == {
        table.physical_name("bare") for table in tables.TABLES
    }

    assert bare.remove(host.client, made) == []

    left = host.client("dynamodb").list_tables()["TableNames"]
    assert not [name for name in left if name.startswith("bare-")]
