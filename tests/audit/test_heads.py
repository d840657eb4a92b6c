"""The locked archive: one object a place, found at once, readable by no storage right."""

import json
from datetime import timedelta

import pytest
import time_machine
from botocore.exceptions import ClientError

from chalicelib.audit import heads
from chalicelib.core import aws as cloud
from chalicelib.core.settings import settings
from chalicelib.vault.errors import Tampered
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


def test_the_newest_head_is_found_with_one_list(person: Patient, calls: Recorder) -> None:
    look(person.principal, person.pid, times=12)
    seal(person.pid)
    calls.clear()
    head = heads.newest(person.pid)
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
    ours, theirs = heads.newest(person.pid), heads.newest(other.pid)
    assert ours is not None
    assert theirs is not None
    assert (ours.size, theirs.size) == (2, 1)


def test_a_range_of_places_is_read_without_its_neighbours(person: Patient) -> None:
    look(person.principal, person.pid, times=9)
    seal(person.pid)
    found = heads.leaves(person.pid, 3, 5)
    places = sealed(person.pid)
    assert found == {n: {bytes(places[n]["leaf"]["B"])} for n in (3, 4, 5)}


def test_a_locked_version_is_not_deleted(person: Patient) -> None:
    """The double keeps a lock against deletion; the host's promise is its own (ADR 0012)."""
    storage, bucket = cloud.client("s3"), settings().archive_bucket
    storage.put_object_lock_configuration(
        Bucket=bucket,
        ObjectLockConfiguration={
            "ObjectLockEnabled": "Enabled",
            "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 1}},
        },
    )
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


def test_what_nobody_of_ours_wrote_in_the_archive_is_an_incident(person: Patient) -> None:
    look(person.principal, person.pid)
    seal(person.pid)
    name = archived(person.pid)[0].partition("/")[2]
    cloud.client("s3").put_object(Bucket=settings().archive_bucket, Key=name, Body=b"{}")
    with pytest.raises(Tampered):
        heads.newest(person.pid)
