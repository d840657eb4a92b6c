"""The state of the double of the cloud: read, copied, put back and emptied without a call.

What the double does not show: throttling, conflicts and eventual consistency of its own.
"""

import inspect
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, Final
from unittest.mock import patch

from moto import mock_aws
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.s3.models import FakeDeleteMarker, s3_backends
from moto.ses.models import ses_backends
from moto.sqs.models import Queue, sqs_backends

from chalicelib.core import aws
from chalicelib.core import tables as declared
from chalicelib.core.settings import settings
from chalicelib.vault import blind
from tests import amendments, shortcuts
from tests.recorder import dispatch_lock, serialised

REGION: Final = "eu-west-3"
_KEPT_CACHES: Final = frozenset({"client", "_pool", "_providers"})
# To send one message, moto counts all of them, whoever asked: thousands would take minutes.
_UNCOUNTED: Final = [name for name in Queue.BASE_ATTRIBUTES if not name.startswith("Approximate")]

Tables = dict[str, dict[tuple[str, str], dict[str, Any]]]
Rows = dict[tuple[str, Any, Any], Any]


def tables() -> Tables:
    """Return every item of every table, without a call."""
    with dispatch_lock:
        found: Tables = {}
        for name, table in _database().tables.items():
            items = (item for rows in table.items.values() for item in rows.values())
            found[name] = {
                (item.hash_key.value, item.range_key.value): dict(_attributes(item))
                for item in items
            }
        return found


def _attributes(item: Any) -> dict[str, Any]:
    """Return what an item says; written out once, for items are replaced, not changed."""
    known: dict[str, Any] | None = vars(item).get("written_out")
    if known is None:
        known = item.written_out = item.to_json()["Attributes"]
    return known


def table(name: str) -> Any:
    """Return the double's own table, to put rows into it without a call."""
    return _database().tables[name]


def objects() -> dict[str, bytes]:
    """Return every object of every bucket, without a call."""
    with dispatch_lock:
        return {
            f"{name}/{key}": value
            for name in _files().buckets
            for key, value in _contents(name).items()
        }


def names() -> set[str]:
    """Return the name of every object, which is sooner told than what is in it."""
    with dispatch_lock:
        found = [key for bucket in _files().buckets.values() for key in bucket.keys.values()]
        return {key.name for key in found if not isinstance(key, FakeDeleteMarker)}


def messages() -> list[str]:
    """Return the body of every message of every queue, without a call."""
    with dispatch_lock:
        return [message.body for queue in _queues().values() for message in queue._messages]


def mails() -> list[Any]:
    """Return every mail that SES accepted."""
    return list(ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages)


def everything() -> str:
    """Return all that is stored, waits or was sent, written out: the same text, the same state."""
    with dispatch_lock:
        versions = {
            (name, key): [
                (type(one).__name__, one.last_modified, getattr(one, "value", None))
                for one in versions
            ]
            for name, bucket in _files().buckets.items()
            for key, versions in dict.items(bucket.keys)
        }
        sent = [(mail.raw_data, mail.destinations) for mail in mails()]
        waiting = {name: [one.body for one in q._messages] for name, q in _queues().items()}
        kept = {name: sorted(rows.items()) for name, rows in tables().items()}
        return repr((kept, versions, waiting, sent))


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The stored state at one moment."""

    tables: dict[str, Any]
    objects: dict[str, dict[str, bytes]]
    queues: dict[str, list[Any]]


def snapshot() -> Snapshot:
    """Copy the stored state; `restore` puts it back as often as wanted."""
    with dispatch_lock:
        return Snapshot(
            {name: _folders(table.items) for name, table in _database().tables.items()},
            {name: _contents(name) for name in _files().buckets},
            {name: list(queue._messages) for name, queue in _queues().items()},
        )


def restore(saved: Snapshot) -> None:
    """Put the stored state back; what this process knows is left alone (see `new_process`)."""
    with dispatch_lock:
        for name, items in saved.tables.items():
            _database().tables[name].items = _folders(items)
        for name, contents in saved.objects.items():
            _dispose(_files().buckets[name])
            for key, value in contents.items():
                _files().put_object(name, key, value)
        for name, queue in _queues().items():
            queue._messages[:] = saved.queues.get(name, [])


def _folders(items: Any) -> Any:
    """Copy the folders, not the items: these are replaced, not changed (`tests.amendments`)."""
    return defaultdict(dict, {key: rows.copy() for key, rows in items.items()})


def rows() -> Rows:
    """Return moto's own items by table and place; one that is written again is another item."""
    with dispatch_lock:
        return {
            (name, whole, part): item
            for name, table in _database().tables.items()
            for whole, folder in table.items.items()
            for part, item in folder.items()
        }


def holds(place: tuple[str, Any, Any]) -> bool:
    """Tell whether an item is there, by table and place."""
    name, whole, part = place
    return part in _database().tables[name].items.get(whole, {})


def added_since(before: Rows) -> Rows:
    """Return the items that were not there before; the others must be as they were."""
    now = rows()
    if any(now.get(place) is not item for place, item in before.items()):
        raise AssertionError("rows that were there changed as well")
    return {place: item for place, item in now.items() if place not in before}


def put_back(made: Rows) -> None:
    """Put items back as new ones: streams tell of them."""
    with dispatch_lock:
        for (name, whole, part), item in made.items():
            table = _database().tables[name]
            table.items[whole][part] = item
            if table.stream_shard is not None:
                table.stream_shard.add(None, item)


@contextmanager
def running() -> Iterator[dict[str, str]]:
    """Run moto with three root keys: it makes an RSA pair for each, which takes long."""
    uncounted = patch.object(Queue, "BASE_ATTRIBUTES", _UNCOUNTED)
    with mock_aws(), serialised(), uncounted, amendments.applied(), shortcuts.applied():
        kms = aws.client("kms")
        yield {
            f"KMS_{family}_KEY_ARN": kms.create_key()["KeyMetadata"]["Arn"]
            for family in ("ROOT", "TRACE", "SEAL", "TOKEN")
        }


def make_installation() -> None:
    """Make tables, buckets, queue and sender, empty but for the product's secret."""
    declared.create_all(aws.client("dynamodb"), settings().table_prefix)
    bucket = settings().documents_bucket
    aws.client("s3").create_bucket(
        Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    aws.client("s3").put_bucket_versioning(
        Bucket=bucket, VersioningConfiguration={"Status": "Enabled"}
    )
    aws.client("s3").create_bucket(
        Bucket=settings().archive_bucket,
        CreateBucketConfiguration={"LocationConstraint": REGION},
        ObjectLockEnabledForBucket=True,
    )
    for url in (
        settings().notify_queue_url,
        settings().remind_queue_url,
        settings().ingest_queue_url,
    ):
        aws.client("sqs").create_queue(QueueName=url.rsplit("/", 1)[1])
    aws.client("sesv2").create_email_identity(EmailIdentity=settings().mail_sender)
    blind.ensure_secret()


@contextmanager
def locked_archive() -> Iterator[str]:
    """Lock what is put into the archive's bucket for a day, as the template does for years."""
    bucket, storage = settings().archive_bucket, aws.client("s3")
    storage.put_object_lock_configuration(
        Bucket=bucket,
        ObjectLockConfiguration={
            "ObjectLockEnabled": "Enabled",
            "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 1}},
        },
    )
    try:
        yield bucket
    finally:
        _files().buckets[bucket].default_lock_mode = ""


@dataclass(frozen=True, slots=True)
class Installation:
    """Tables, buckets, queues and senders, apart from what is in them."""

    tables: dict[str, Any]
    buckets: dict[str, Any]
    queues: dict[str, Any]
    senders: dict[str, Any]


def installation() -> Installation:
    """Take note of what is installed; making it takes longer than most tests."""
    return Installation(
        dict(_database().tables), dict(_files().buckets), dict(_queues()), dict(_senders())
    )


def install(known: Installation, contents: Snapshot) -> None:
    """Put an installation back, with its contents, streams that begin anew, and no mail."""
    clear()
    with dispatch_lock:
        _database().tables.update(known.tables)
        _files().buckets.update(known.buckets)
        _queues().update(known.queues)
        _senders().update(known.senders)
        for table in known.tables.values():
            if table.stream_shard is not None:
                table.stream_shard.items.clear()
    restore(contents)


def clear() -> None:
    """Drop every table, bucket, queue, sender and mail; keys of the key service stay."""
    with dispatch_lock:
        _database().tables.clear()
        for bucket in _files().buckets.values():
            _dispose(bucket)
        _files().buckets.clear()
        _queues().clear()
        _senders().clear()
        ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages.clear()


def _database() -> Any:
    return dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION]


def _files() -> Any:
    return s3_backends[DEFAULT_ACCOUNT_ID]["aws"]


def _dispose(bucket: Any) -> None:
    """Drop every version of every object, and the file that moto keeps open for each."""
    for versions in list(dict.values(bucket.keys)):
        for version in versions:
            if hasattr(version, "dispose"):
                version.dispose()
    dict.clear(bucket.keys)


def _contents(bucket: str) -> dict[str, bytes]:
    found = _files().buckets[bucket].keys.values()
    return {key.name: bytes(key.value) for key in found if hasattr(key, "value")}


def _senders() -> Any:
    return ses_backends[DEFAULT_ACCOUNT_ID][REGION].email_identities


def _queues() -> Any:
    return sqs_backends[DEFAULT_ACCOUNT_ID][REGION].queues


def new_process() -> None:
    """Forget what a new process would not know: keys, settings, anything cached in a module.

    Clients and thread pools stay: making one takes long, and they hold no data.
    """
    for forget in _forgetters(len(sys.modules)):
        forget()


@cache
def _forgetters(imported: int) -> list[Callable[[], object]]:
    """Return what forgets in what is imported now: so many modules, and never fewer."""
    del imported
    found: list[Callable[[], object]] = []
    ours = [module for name, module in sys.modules.items() if name.startswith("chalicelib.")]
    for module in ours:
        for attribute, value in vars(module).items():
            if hasattr(value, "cache_clear") and attribute not in _KEPT_CACHES:
                found.append(value.cache_clear)
        forget = vars(module).get("forget")
        if forget is not None and _needs_no_argument(forget):
            found.append(forget)
    return list(dict.fromkeys(found))


def _needs_no_argument(function: Callable[..., Any]) -> bool:
    parameters = inspect.signature(function).parameters.values()
    return all(parameter.default is not parameter.empty for parameter in parameters)


def take_messages() -> list[str]:
    """Empty every queue and return what was in them, as a consumer that acknowledges all."""
    with dispatch_lock:
        taken = messages()
        for queue in _queues().values():
            queue._messages.clear()
        return taken


def put_messages(bodies: list[str]) -> None:
    """Put messages back in the queue they came from."""
    with dispatch_lock:
        for queue in _queues().values():
            for body in bodies:
                sqs_backends[DEFAULT_ACCOUNT_ID][REGION].send_message(queue.name, body)


def forget_mails() -> None:
    """Drop the mails sent so far."""
    ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages.clear()
