"""A47: whatever is done to a history, a program that shares no code with the service says so."""

import ast
import copy
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import time_machine

from chalicelib.core import aws as cloud
from chalicelib.core.rows import table_name
from chalicelib.core.settings import settings
from chalicelib.trace import usecases
from tests import double
from tests.audit.histories import (
    VERIFIER,
    Pages,
    images,
    look,
    proof,
    public_keys,
    seal,
    sealed,
    verifier,
)
from tests.builders import Actor, Patient, a_person

verify_trace = verifier()
COUNT = 7


@pytest.fixture
def history(person: Patient, doctor: Actor) -> Patient:
    look(person.principal, person.pid, times=3)
    look(doctor.principal, person.pid, times=COUNT - 3)
    seal(person.pid)
    return person


def codes(pages: Pages, seen: Pages | None = None) -> set[str]:
    return {finding.code for finding in verify_trace.verify(pages, public_keys(), seen)}


def put(item: dict[str, Any]) -> None:
    cloud.client("dynamodb").put_item(TableName=table_name("audit"), Item=item)


def remove(item: dict[str, Any]) -> None:
    """Delete a row as somebody with all rights on the store would; no function of ours may."""
    cloud.client("dynamodb").delete_item(
        TableName=table_name("audit"), Key={"pk": item["pk"], "sk": item["sk"]}
    )


def test_a_whole_history_is_said_to_be_whole(history: Patient) -> None:
    pages = proof(history)
    assert pages[0]["checkpoint"]["size"] == COUNT
    assert [item["trace"]["outcome"] for item in pages[0]["items"]] == ["allowed"] * COUNT
    assert codes(pages) == set()


def test_reading_the_proof_is_itself_in_the_history(history: Patient) -> None:
    first = proof(history)
    assert codes(proof(history)) == set()
    assert len(proof(history)[0]["unsealed"]) == 2
    seal(history.pid)
    later = proof(history)
    assert later[0]["checkpoint"]["size"] == COUNT + 3
    assert codes(later, seen=first) == set()


def test_a_history_longer_than_a_page_is_checked_whole(
    person: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(usecases, "PROOF_PAGE", 4)
    look(person.principal, person.pid, times=10)
    seal(person.pid)
    pages = proof(person)
    assert [len(page["items"]) for page in pages] == [4, 4, 2]
    assert codes(pages) == set()
    assert codes([pages[0], pages[2]]) == {"missing", "order", "chain", "root", "cut-off"}
    assert "order" in codes([pages[0], pages[2], pages[1]])


def test_a_page_read_while_the_history_grows_is_still_whole(
    person: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(usecases, "PROOF_PAGE", 4)
    look(person.principal, person.pid, times=6)
    seal(person.pid)
    start = proof(person)[0]
    seal(person.pid)  # the reading itself
    assert codes([start, *proof(person)[1:]]) == set()


def test_an_empty_history_is_whole(person: Patient) -> None:
    pages = proof(person)
    assert pages[0]["checkpoint"] is None
    assert codes(pages) == set()


def test_a_deleted_trace_leaves_an_empty_place(history: Patient) -> None:
    remove(images(history.pid)[2])
    assert codes(proof(history)) == {"gone"}


def test_an_altered_trace_does_not_open(history: Patient) -> None:
    item = copy.deepcopy(images(history.pid)[2])
    raw = bytearray(item["sealed"]["B"])
    raw[-1] ^= 1
    put(item | {"sealed": {"B": bytes(raw)}})
    assert codes(proof(history)) == {"gone"}


def test_a_trace_put_in_the_place_of_another_does_not_open(history: Patient) -> None:
    first, second = images(history.pid)[:2]
    put(first | {"sealed": second["sealed"], "commitment": second["commitment"]})
    assert codes(proof(history)) == {"gone"}


def test_a_trace_sealed_again_with_other_words_is_not_the_one_committed(
    history: Patient, doctor: Actor
) -> None:
    """Somebody with the trace key rewrites who did it, and the commitment in the row with it."""
    pages = proof(history)
    forged = copy.deepcopy(pages)
    forged[0]["items"][4]["trace"]["actor_name"] = "Dr Jean AUTRE"
    assert doctor.name in json.dumps(pages, ensure_ascii=False)
    assert codes(forged) == {"altered"}


def test_a_deleted_place_is_missing(history: Patient) -> None:
    remove(sealed(history.pid)[3])
    assert codes(proof(history)) == {"missing", "order", "chain", "root", "cut-off"}


def test_two_places_exchanged_are_out_of_order(history: Patient) -> None:
    one, other = sealed(history.pid)[2:4]
    put(one | {"sk": other["sk"]})
    put(other | {"sk": one["sk"]})
    assert codes(proof(history)) >= {"chain", "root"}


def test_a_place_given_again_to_the_same_trace_is_seen(history: Patient) -> None:
    one, other = sealed(history.pid)[2:4]
    put(other | {"trace_id": one["trace_id"], "commitment": one["commitment"]})
    assert codes(proof(history)) >= {"repeated", "chain", "root"}


def test_an_end_cut_off_shows_as_traces_that_wait(
    clock: time_machine.Traveller, history: Patient
) -> None:
    seen = proof(history)
    last = sealed(history.pid)[-1]
    remove(last)
    pages = proof(history)
    assert last["trace_id"]["S"] in pages[0]["unsealed"]
    assert codes(pages) == {"cut-off"}
    assert codes(pages, seen) == {"cut-off", "rolled-back"}
    clock.shift(verify_trace.MOST_LAG_SECONDS + 1)
    assert codes(proof(history)) == {"cut-off", "late"}


def test_a_store_put_back_to_yesterday_is_shorter_than_what_was_seen(
    person: Patient, doctor: Actor
) -> None:
    look(person.principal, person.pid, times=3)
    seal(person.pid)
    yesterday = double.snapshot()
    look(doctor.principal, person.pid, times=3)
    seal(person.pid)
    seen = proof(person)
    double.restore(replace(yesterday, objects={}))  # the archive is locked
    assert codes(proof(person)) == {"cut-off"}
    assert codes(proof(person), seen) == {"cut-off", "rolled-back"}
    look(person.principal, person.pid, times=9)
    seal(person.pid)
    assert codes(proof(person)) == {"archive"}, "the archive remembers both continuations"
    assert codes(proof(person), seen) == {"archive", "forked"}


def test_a_history_put_back_to_its_beginning_is_cut_off(person: Patient) -> None:
    empty = double.snapshot()
    look(person.principal, person.pid, times=2)
    seal(person.pid)
    double.restore(replace(empty, objects={}))
    pages = proof(person)
    assert pages[0]["checkpoint"] is None
    assert codes(pages) == {"cut-off"}


def test_every_end_cut_off_with_its_traces_and_marks_is_seen(history: Patient) -> None:
    """A47: somebody deletes the newest rows of every kind, without any key."""
    for place in reversed(sealed(history.pid)):
        trace = next(one for one in images(history.pid) if one["sk"] == place["trace_id"])
        mark = {"pk": place["pk"], "sk": {"S": f"MARK#{trace['sk']['S']}"}}
        for row in (place, mark, trace):
            remove(row)
        pages = proof(history)
        assert pages[0]["unsealed"] != [trace["sk"]["S"]]
        assert "cut-off" in codes(pages), place["sk"]


def test_a_delete_marker_hides_no_archived_head(history: Patient) -> None:
    storage, bucket = cloud.client("s3"), settings().archive_bucket
    for found in storage.list_objects_v2(Bucket=bucket)["Contents"]:
        storage.delete_object(Bucket=bucket, Key=found["Key"])
    assert "Contents" not in storage.list_objects_v2(Bucket=bucket)
    remove(sealed(history.pid)[-1])
    assert codes(proof(history)) == {"cut-off"}


def test_a_head_forged_in_the_archive_is_not_signed(history: Patient) -> None:
    pages = proof(history)
    for name in ("size", "root", "signature", "key_id"):
        forged = copy.deepcopy(pages)
        value = forged[0]["archived"][name]
        forged[0]["archived"][name] = (
            value + 1 if name == "size" else ("0" if value[0] != "0" else "1") + value[1:]
        )
        assert codes(forged) & {"signature", "key"}, name


def test_a_history_sealed_again_by_somebody_without_the_key_is_not_signed(
    history: Patient,
) -> None:
    """An attacker with the whole store removes a trace and computes everything again."""
    pages = proof(history)
    page = pages[0]
    page["items"].pop(3)
    previous = bytes(32)
    leaves = []
    for place, item in enumerate(page["items"]):
        item["seq"] = place
        bound = place.to_bytes(8, "big") + item["trace_id"].encode()
        bound += bytes.fromhex(item["commitment"]) + previous
        previous = verify_trace.hashlib.sha256(b"\x00" + bound).digest()
        item["leaf"] = previous.hex()
        leaves.append(previous)
    page["checkpoint"] |= {"size": COUNT - 1, "root": verify_trace.tree_hash(leaves).hex()}
    assert codes(pages) == {"signature", "cut-off", "archive"}
    page["checkpoint"]["key_id"] = "seal-9999"
    assert codes(pages) == {"key", "cut-off", "archive"}


def test_the_history_of_another_record_is_not_hers(history: Patient) -> None:
    other = a_person()
    look(other.principal, other.pid, times=2)
    seal(other.pid)
    pages = proof(other)
    pages[0]["patient_id"] = history.pid
    assert codes(pages) == {"signature"}


ALTERATIONS: list[tuple[str, Callable[[Any], Any]]] = [
    ("seq", lambda value: value + 1),
    ("trace_id", lambda value: value[:-1] + ("0" if value[-1] != "0" else "1")),
    ("commitment", lambda value: value[:-1] + ("0" if value[-1] != "0" else "1")),
    ("leaf", lambda value: value[:-1] + ("0" if value[-1] != "0" else "1")),
    ("trace", lambda value: value | {"at": "2020-01-01T00:00:00.000Z"}),
    ("trace", lambda value: value | {"salt": "0" * 26}),
    ("trace", lambda value: {k: v for k, v in value.items() if k != "reason"}),
    ("trace", lambda value: value | {"more": None}),
]


def test_any_one_value_altered_anywhere_is_detected(history: Patient) -> None:
    whole = proof(history)
    tried = 0
    for place in range(COUNT):
        for name, alter in ALTERATIONS:
            pages = copy.deepcopy(whole)
            item = pages[0]["items"][place]
            item[name] = alter(item[name])
            assert codes(pages) != set(), (place, name)
            tried += 1
    for name in ("root", "sealed_at", "signature", "key_id", "size"):
        pages = copy.deepcopy(whole)
        value = pages[0]["checkpoint"][name]
        changed = value + 1 if name == "size" else ("0" if value[0] != "0" else "1") + value[1:]
        pages[0]["checkpoint"][name] = changed
        assert codes(pages) != set(), name
        tried += 1
    assert tried == COUNT * len(ALTERATIONS) + 5


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", str(VERIFIER), *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
    )


def test_the_program_says_it_in_french_and_by_its_status(history: Patient, tmp_path: Path) -> None:
    for name, value in (("keys", public_keys()), ("proof", proof(history))):
        (tmp_path / f"{name}.json").write_text(json.dumps(value))
    keys_file, proof_file = tmp_path / "keys.json", tmp_path / "proof.json"
    whole = run("--keys", keys_file, proof_file, "--seen", proof_file)
    assert (whole.returncode, whole.stderr) == (0, "")
    assert f"Historique vérifié\u00a0: {COUNT} lignes, aucun trou" in whole.stdout
    pages = json.loads(proof_file.read_text())
    pages[0]["items"].pop(1)
    proof_file.write_text(json.dumps(pages))
    broken = run("--keys", keys_file, proof_file)
    assert broken.returncode == 1
    assert "il manque des lignes" in broken.stdout
    proof_file.write_text('{"items": 3}')
    assert run("--keys", keys_file, proof_file).returncode == 2
    assert run(proof_file).returncode == 2


def test_the_program_imports_nothing_of_the_service() -> None:
    tree = ast.parse(VERIFIER.read_text(encoding="utf-8"))
    imported = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module:
            imported.add(node.module.split(".")[0])
    assert imported - set(sys.stdlib_module_names) == {"cryptography"}


def test_every_finding_has_its_sentence() -> None:
    text = VERIFIER.read_text(encoding="utf-8")
    tree = ast.parse(text)
    found = {
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "Finding"
        and isinstance(node.args[0], ast.Constant)
    }
    assert found == set(verify_trace.SENTENCES)
