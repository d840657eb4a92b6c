"""The locked archive: one object a place, found at once, readable by no storage right."""

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from botocore.exceptions import ClientError

from chalicelib.audit import heads, tree
from chalicelib.audit.model import Audience
from chalicelib.audit.store import LeafRow
from chalicelib.core import aws as cloud
from chalicelib.core.rows import table_name
from chalicelib.core.settings import settings
from chalicelib.workers.archive import archive
from infra import operator
from tests import double
from tests.audit.histories import images, look, proof, public_keys, seal, sealed, verifier
from tests.builders import Patient, a_person
from tests.injector import Faults
from tests.recorder import Recorder
from tests.workers.lambda_events import from_stream, serve

verify_trace = verifier()


def archived(pid: str) -> list[str]:
    prefix = f"{settings().archive_bucket}/heads/{pid}/"
    return sorted(name for name in double.objects() if name.startswith(prefix))


def head_of(pid: str) -> heads.Checkpoint | None:
    return heads.newest(pid, Audience.GENERAL, public_keys()["keys"])[0]


def test_the_newest_head_is_found_with_one_list(person: Patient, calls: Recorder) -> None:
    look(person.principal, person.pid, times=12)
    seal(person.pid)
    known = public_keys()["keys"]
    calls.clear()
    head, strangers = heads.newest(person.pid, Audience.GENERAL, known)
    assert strangers == []
    assert head is not None
    assert head.size == 12
    assert calls.counted == {"s3.ListObjectVersions": 1, "s3.GetObject": 1}


def test_an_object_holds_ciphertext_commitments_and_opaque_ids_only(person: Patient) -> None:
    look(person.principal, person.pid)
    seal(person.pid)
    (name,) = archived(person.pid)
    body = json.loads(double.objects()[name])
    (place,) = sealed(person.pid)
    assert name.endswith(f"/999999999999.{bytes(place['leaf']['B']).hex()}")
    assert body.keys() == {
        "patient_id", "trace_id", "commitment", "previous", "size", "root", "sealed_at",
        "key_id", "signature", "sealed",
    }  # fmt: skip
    assert person.name.encode() not in double.objects()[name]


def test_the_heads_of_one_record_are_not_those_of_another(person: Patient) -> None:
    other = a_person()
    look(person.principal, person.pid, times=2)
    look(other.principal, other.pid)
    seal(person.pid)
    seal(other.pid)
    ours, theirs = head_of(person.pid), head_of(other.pid)
    assert ours is not None
    assert theirs is not None
    assert (ours.size, theirs.size) == (2, 1)


def test_a_range_of_places_is_read_without_its_neighbours(person: Patient) -> None:
    look(person.principal, person.pid, times=9)
    seal(person.pid)
    places = [LeafRow.from_raw_data(item) for item in sealed(person.pid)][3:6]
    found = heads.leaves(person.pid, Audience.GENERAL, places, public_keys()["keys"])
    assert found == ({place.seq: {bytes(place.leaf)} for place in places}, [])


def test_a_locked_version_is_not_deleted(person: Patient) -> None:
    """The double keeps a lock against deletion; the host's promise is its own (ADR 0012)."""
    storage = cloud.client("s3")
    with double.locked_archive() as bucket:
        look(person.principal, person.pid)
        seal(person.pid)
    (version,) = storage.list_object_versions(Bucket=bucket)["Versions"]
    with pytest.raises(ClientError) as refused:
        storage.delete_object(Bucket=bucket, Key=version["Key"], VersionId=version["VersionId"])
    assert refused.value.response["Error"]["Code"] == "AccessDenied"


def test_an_archive_that_is_down_delays_and_loses_nothing(
    clock: time_machine.Traveller, person: Patient, faults: Faults
) -> None:
    look(person.principal, person.pid, times=3)
    event = from_stream(*images(person.pid))
    faults.on("s3.PutObject", "before", nth=0)
    assert serve(archive, event) == ["100", "101", "102"]
    faults.clear()
    assert archived(person.pid) == []
    clock.shift(timedelta(seconds=700))
    late = proof(person)
    assert late[0]["lag_seconds"] == 700
    assert {found.code for found in verify_trace.verify(late, public_keys())} == {"late"}
    assert serve(archive, event) == []
    assert len(archived(person.pid)) == len(sealed(person.pid)) == 3
    assert verify_trace.verify(proof(person), public_keys()) == []


def test_the_operator_archives_what_the_stream_gave_up(person: Patient, faults: Faults) -> None:
    look(person.principal, person.pid, times=3)
    faults.on("s3.PutObject", "before", nth=0)
    assert len(serve(archive, from_stream(*images(person.pid)))) == 3
    faults.clear()
    assert operator.main(["reseal", person.pid]) == 0
    assert len(archived(person.pid)) == 3


def drop(key: str, body: bytes = b"{}") -> None:
    """Put an object in the archive, as somebody may who can sign nothing."""
    cloud.client("s3").put_object(Bucket=settings().archive_bucket, Key=key, Body=body)


def names(pid: str) -> list[str]:
    return [name.partition("/")[2] for name in archived(pid)]


def body_of(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(double.objects()[f"{settings().archive_bucket}/{name}"])
    return found


def verdict(person: Patient) -> tuple[set[str], int]:
    """Return what is wrong with a history, and how many strangers its archive has."""
    pages = proof(person)
    found = {finding.code for finding in verify_trace.verify(pages, public_keys())}
    return found, sum(len(page["strangers"]) for page in pages)


def forged(person: Patient, place: str, leaf: str) -> str:
    return f"heads/{person.pid}/{place}.{leaf}"


@pytest.fixture
def whole(person: Patient) -> Patient:
    look(person.principal, person.pid, times=3)
    seal(person.pid)
    return person


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [
        "junk",
        "000000000000." + "0" * 64,
        "999999999997." + "0" * 64,
        "999999999999." + "f" * 64,
        "999999999998." + "f" * 64 + "0",
        "é/..",
    ],
)
@pytest.mark.parametrize("content", [b"{}", b"", b"[" * 60_000, b"\xff" * 90_000])
def test_what_nobody_of_ours_wrote_is_told_and_stops_no_proof(  # A47
    whole: Patient, name: str, content: bytes
) -> None:
    drop(f"heads/{whole.pid}/{name}", content)
    found, strangers = verdict(whole)
    assert found == set()
    assert strangers == (0 if name.startswith(("junk", "é")) else 1)


def test_a_head_copied_under_other_names_is_a_stranger(whole: Patient) -> None:
    genuine = names(whole.pid)[0]
    body = body_of(genuine)
    raw = json.dumps(body).encode()
    drop(forged(whole, "000000000007", "a" * 64), raw)  # a place that the history does not have
    drop(forged(whole, "999999999997", "b" * 64), raw)  # another leaf of its own place
    other = body | {"commitment": "cc" * 32}
    bound = tree.leaf_input(2, other["trace_id"], b"\xcc" * 32, bytes.fromhex(body["previous"]))
    drop(forged(whole, "999999999997", tree.leaf_hash(bound).hex()), json.dumps(other).encode())
    assert verdict(whole) == (set(), 3)


def test_a_head_written_over_is_still_the_one_that_counts(whole: Patient) -> None:
    for name in names(whole.pid):
        drop(name)
    assert verdict(whole) == (set(), 0)


def test_a_place_taken_before_ours_hides_nothing_for_long(person: Patient, faults: Faults) -> None:
    """Somebody who sees a place in the table may take its name before it is archived."""
    look(person.principal, person.pid)
    faults.on("s3.PutObject", "before", nth=0)
    serve(archive, from_stream(*images(person.pid)))
    faults.clear()
    (place,) = sealed(person.pid)
    drop(forged(person, "999999999999", bytes(place["leaf"]["B"]).hex()))
    assert verdict(person) == ({"unproven"}, 1)

    assert operator.main(["reseal", person.pid]) == 0

    assert verdict(person) == (set(), 0)


def test_more_strangers_than_are_read_say_that_nothing_is_proven(whole: Patient) -> None:
    for n in range(25):
        drop(forged(whole, f"{n:012d}", "a" * 64))
    assert verdict(whole) == ({"unproven"}, 20)


def test_a_stranger_hides_no_end_that_was_cut(whole: Patient) -> None:
    last = sealed(whole.pid)[-1]
    for sk in (last["sk"]["S"], f"MARK#{last['trace_id']['S']}"):
        cloud.client("dynamodb").delete_item(
            TableName=table_name("audit"),
            Key={"pk": last["pk"], "sk": {"S": sk}},
        )
    drop(names(whole.pid)[0])
    drop(forged(whole, "000000000001", "a" * 64))
    assert verdict(whole) == ({"cut-off"}, 1)
