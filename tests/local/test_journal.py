"""What the local cloud acknowledged is found again, wherever the kill fell."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.local.journal import Journal, Write

FIRST = Write(1, "DynamoDB_20120810.PutItem", b'{"Item": {"pk": {"S": "a\\n b"}}}')
SECOND = Write(2, "DynamoDB_20120810.UpdateItem", b"\x00\xff binary \n")


def test_replays_writes_in_order_after_a_kill(tmp_path: Path) -> None:
    killed = Journal(tmp_path)
    killed.append(FIRST)
    killed.append(SECOND)

    assert list(Journal(tmp_path).replay()) == [FIRST, SECOND]


@given(cut=st.integers(min_value=1))
def test_drops_a_torn_last_write_and_appends_after_the_whole_ones(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    folder = tmp_path_factory.mktemp("torn")
    killed = Journal(folder)
    killed.append(FIRST)
    whole = (folder / "journal-0").stat().st_size
    killed.append(SECOND)
    lines = (folder / "journal-0").read_bytes()
    torn = max(whole, len(lines) - cut)
    (folder / "journal-0").write_bytes(lines[:torn])

    revived = Journal(folder)
    assert list(revived.replay()) == [FIRST]
    revived.append(SECOND)

    assert list(Journal(folder).replay()) == [FIRST, SECOND]


def test_keeps_the_present_generation_when_killed_during_a_snapshot(tmp_path: Path) -> None:
    killed = Journal(tmp_path)
    killed.append(FIRST)
    (killed.begin() / "dynamodb.json").write_text("half")

    revived = Journal(tmp_path)

    assert list(revived.replay()) == [FIRST]
    assert not revived.snapshot.exists()


def test_forgets_the_writes_that_a_snapshot_holds(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append(FIRST)
    (journal.begin() / "dynamodb.json").write_text("first")
    journal.commit()
    journal.append(SECOND)

    revived = Journal(tmp_path)

    assert (revived.snapshot / "dynamodb.json").read_text() == "first"
    assert list(revived.replay()) == [SECOND]


def test_carries_over_what_a_snapshot_did_not_write_and_says_so(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    first = journal.begin()
    (first / "kms.json").write_text("old")
    (first / "dynamodb.json").write_text("old")
    journal.commit()

    folder = journal.begin()
    fresh = folder / "dynamodb.json.tmp"
    fresh.write_text("new")
    fresh.replace(folder / "dynamodb.json")

    assert journal.kept("kms.json")
    assert not journal.kept("dynamodb.json")
    journal.commit()
    assert (journal.snapshot / "kms.json").read_text() == "old"
    assert (journal.snapshot / "dynamodb.json").read_text() == "new"
