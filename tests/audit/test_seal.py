"""Each trace gets one place, in order, whatever the stream repeats or loses (D6, R05)."""

import contextlib
import json
import random
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from botocore.awsrequest import AWSPreparedRequest, AWSResponse

from chalicelib.audit import keys
from chalicelib.audit import seal as sealing
from chalicelib.core import aws as cloud
from chalicelib.core import clock as now_clock
from chalicelib.core.rows import table_name
from chalicelib.vault.errors import KeyMissing
from chalicelib.workers.archive import archive
from infra import operator
from tests import double
from tests.audit.histories import images, look, proof, public_keys, seal, sealed, verifier
from tests.builders import Actor, Patient, a_person
from tests.injector import Faults, KilledError
from tests.recorder import Call, Recorder
from tests.workers.lambda_events import from_stream, serve

verify_trace = verifier()


def test_each_trace_has_one_place_in_the_order_of_the_stream(person: Patient) -> None:
    look(person.principal, person.pid, times=5)
    traces = images(person.pid)
    seal(person.pid)
    places = sealed(person.pid)
    assert [place["trace_id"] for place in places] == [trace["sk"] for trace in traces]
    assert [place["sk"]["S"] for place in places] == [f"SEQ#{n:012d}" for n in range(5)]
    assert [place["commitment"] for place in places] == [trace["commitment"] for trace in traces]


def test_a_stream_that_repeats_itself_adds_nothing(person: Patient) -> None:
    look(person.principal, person.pid, times=3)
    for _ in range(10):
        seal(person.pid)
    assert len(sealed(person.pid)) == 3


@pytest.mark.parametrize("forged", ["ZZZZ", "é|#", "7ZZZZZZZZZZZZZZZZZZZZZZZZZ", "I" * 26])
def test_a_trace_that_cannot_be_one_of_ours_has_no_place_and_stops_nothing(
    person: Patient, forged: str, capsys: pytest.CaptureFixture[str]
) -> None:  # A47
    look(person.principal, person.pid)
    (genuine,) = images(person.pid)
    assert serve(archive, from_stream(genuine | {"sk": {"S": forged}}, genuine)) == []
    assert len(sealed(person.pid)) == 1
    assert "Tampered" in capsys.readouterr().out
    cloud.client("dynamodb").put_item(
        TableName=table_name("audit"), Item=genuine | {"sk": {"S": forged}}
    )
    assert sealing.catch_up(person.pid) == 0


def test_any_order_of_the_stream_gives_a_whole_sequence(person: Patient) -> None:
    look(person.principal, person.pid, times=6)
    traces = images(person.pid)
    random.Random(6).shuffle(traces)  # noqa: S311  an order, not a secret
    assert serve(archive, from_stream(*traces[:4])) == []
    assert serve(archive, from_stream(*traces)) == []
    assert len(sealed(person.pid)) == 6
    assert verify_trace.verify(proof(person), public_keys()) == []


def test_what_is_not_a_trace_of_a_record_is_not_sealed(person: Patient, doctor: Actor) -> None:
    look(doctor.principal, "0123456789ABCDEFGHJKMNPQRS")  # nobody's: the refusal is her own
    items = double.tables()[table_name("audit")]
    others = [item for (pk, _), item in items.items() if not pk.startswith("P#")]
    assert any(item["pk"]["S"].startswith("A#") for item in others)
    assert serve(archive, from_stream(*others)) == []
    assert not [pk for pk, _ in double.tables()[table_name("audit")] if pk.startswith("Q#")]
    del person


def test_sealing_one_trace_is_one_query_and_one_transaction(
    person: Patient, calls: Recorder
) -> None:
    look(person.principal, person.pid)
    seal(person.pid)
    look(person.principal, person.pid)
    calls.clear()
    assert serve(archive, from_stream(images(person.pid)[-1])) == []
    assert calls.counted == {
        "dynamodb.Query": 1,
        "dynamodb.TransactWriteItems": 1,
        "s3.PutObject": 1,
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    "operation", ["dynamodb.Query", "dynamodb.TransactWriteItems", "kms.Decrypt", "s3.PutObject"]
)
@pytest.mark.parametrize(
    "mode", ["before", "after", "lost_once", "throttled", "throttled_always", "crash", "conflict"]
)
def test_survives_every_fault_with_one_place_for_each(
    person: Patient, faults: Faults, operation: str, mode: str
) -> None:
    look(person.principal, person.pid, times=3)
    keys.signer.cache_clear()
    faults.on(operation, mode)
    event = from_stream(*images(person.pid))
    with contextlib.suppress(KilledError):
        serve(archive, event)
    faults.clear()
    assert serve(archive, event) == []
    assert len(sealed(person.pid)) == 3
    assert verify_trace.verify(proof(person), public_keys()) == []


def test_one_bad_record_leaves_the_others_sealed(person: Patient) -> None:
    look(person.principal, person.pid, times=3)
    traces = images(person.pid)
    event = from_stream(*traces)
    event["Records"][1]["dynamodb"]["NewImage"]["commitment"] = {"B": "not base64!"}
    assert serve(archive, event) == ["101"]
    assert len(sealed(person.pid)) == 2


def test_a_rival_that_took_the_place_first_only_moves_it(person: Patient, faults: Faults) -> None:
    look(person.principal, person.pid, times=2)
    ours, rivals = images(person.pid)

    def overtaken(
        call: Call, request: AWSPreparedRequest, send: Callable[[], AWSResponse]
    ) -> AWSResponse:
        del call, request
        assert serve(archive, from_stream(rivals)) == []
        return send()

    faults.on("dynamodb.TransactWriteItems", overtaken)
    assert serve(archive, from_stream(ours)) == []
    assert [place["trace_id"] for place in sealed(person.pid)] == [rivals["sk"], ours["sk"]]
    assert verify_trace.verify(proof(person), public_keys()) == []


def test_lag_is_the_age_of_the_oldest_trace_without_a_place(
    clock: time_machine.Traveller, person: Patient
) -> None:
    look(person.principal, person.pid, times=2)
    seal(person.pid)
    clock.shift(timedelta(seconds=10))
    look(person.principal, person.pid)
    clock.shift(timedelta(seconds=40))
    look(person.principal, person.pid)
    traces = [image["sk"]["S"] for image in images(person.pid)]
    waiting = sealing.unsealed(person.pid, len(sealed(person.pid)), traces)
    assert waiting == traces[2:]
    assert sealing.lag_seconds(waiting, now_clock.now()) == 40
    seal(person.pid)
    assert sealing.unsealed(person.pid, len(sealed(person.pid)), traces) == []
    assert sealing.lag_seconds([], now_clock.now()) == 0


def test_without_a_sealing_key_nothing_is_sealed_and_nothing_is_lost(aws: Recorder) -> None:
    del aws
    person = a_person()
    look(person.principal, person.pid)
    event = from_stream(*images(person.pid))
    assert serve(archive, event) == ["100"]
    with pytest.raises(KeyMissing):
        keys.signer()
    keys.ensure_sealing_key()
    assert serve(archive, event) == []
    assert len(sealed(person.pid)) == 1


def test_a_new_sealing_key_signs_from_the_next_process_on(person: Patient) -> None:
    look(person.principal, person.pid)
    seal(person.pid)
    keys.ensure_sealing_key()
    keys.ensure_sealing_key(2)
    double.new_process()
    look(person.principal, person.pid)
    seal(person.pid)
    assert [place["key_id"]["S"] for place in sealed(person.pid)] == ["seal-0001", "seal-0002"]
    assert [key["kid"] for key in public_keys()["keys"]] == ["seal-0001", "seal-0002"]
    assert verify_trace.verify(proof(person), public_keys()) == []


def test_public_keys_hold_nothing_private_and_the_private_part_is_wrapped(person: Patient) -> None:
    del person
    for key in public_keys()["keys"]:
        assert key.keys() == {"kty", "crv", "x", "y", "kid", "use", "alg"}
    items = double.tables()[table_name("audit")]
    (row,) = [item for (pk, _), item in items.items() if pk == "SEAL"]
    assert b'"d"' not in bytes(row["wrapped"]["B"])


def test_what_the_stream_lost_is_sealed_by_the_operator(
    person: Patient, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "CATCH_UP_PAGE", 5)
    look(person.principal, person.pid, times=12)
    traces = images(person.pid)
    assert serve(archive, from_stream(*traces[3:5])) == []
    assert operator.main(["reseal", person.pid]) == 0
    assert operator.main(["reseal", person.pid]) == 0
    assert len(sealed(person.pid)) == 12
    pages = proof(person)
    assert verify_trace.verify(pages, public_keys()) == []
    logged = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    counts = [line["count"] for line in logged if line["event"] == "resealed"]
    assert counts == [10, 0]


def test_a_sequence_whose_end_was_removed_is_not_repaired(person: Patient) -> None:
    look(person.principal, person.pid, times=3)
    seal(person.pid)
    last = sealed(person.pid)[-1]
    cloud.client("dynamodb").delete_item(
        TableName=table_name("audit"), Key={"pk": last["pk"], "sk": last["sk"]}
    )
    assert operator.main(["reseal", person.pid]) == 0
    assert len(sealed(person.pid)) == 2


@pytest.mark.parametrize("forged", ["SEQ#000000000000x", "SEQ#1", "SEQ#00000000000١"])
def test_a_place_without_a_number_is_passed_by_and_raises_the_alarm(
    person: Patient, forged: str, capsys: pytest.CaptureFixture[str]
) -> None:  # A47
    look(person.principal, person.pid, times=2)
    seal(person.pid)
    genuine = sealed(person.pid)[-1]
    cloud.client("dynamodb").put_item(
        TableName=table_name("audit"), Item=genuine | {"sk": {"S": forged}}
    )
    look(person.principal, person.pid)
    seal(person.pid)

    pages = proof(person)
    assert verify_trace.verify(pages, public_keys()) == []
    assert [leaf["seq"] for page in pages for leaf in page["items"]][:3] == [0, 1, 2]
    if forged.startswith("SEQ#00000000000"):
        assert "Tampered" in capsys.readouterr().out


def test_what_cannot_be_told_ends_otherwise_than_what_was_changed(
    person: Patient, tmp_path: Path
) -> None:
    look(person.principal, person.pid)
    seal(person.pid)
    pages = proof(person)
    keys_file, file = tmp_path / "keys.json", tmp_path / "proof.json"
    keys_file.write_text(json.dumps(public_keys()), encoding="utf-8")

    def status() -> int:
        file.write_text(json.dumps(pages), encoding="utf-8")
        ended: int = verify_trace.main([str(file), "--keys", str(keys_file)])
        return ended

    assert status() == 0
    pages[0]["strangers"] = [{"seq": None, "leaf": "", "is_read": False}]
    assert status() == 2
    pages[0]["items"][0]["trace"] = None
    assert status() == 1
