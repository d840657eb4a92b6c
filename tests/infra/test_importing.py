"""Long files: killed and taken up again, spoiled, changed meanwhile; and as they are told."""

import fcntl
import stat
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from chalicelib.core import aws as clients
from chalicelib.core.rows import StoreUnavailable, table_name
from chalicelib.identity import coverage, spaces
from infra import operator
from infra.loaders import bulk, importing, persons, professionals
from infra.loaders.persons import Persons
from infra.loaders.professionals import Professionals
from infra.loaders.source import LONGEST_LINE_BYTES
from tests import double
from tests.infra.long_files import extract, insured
from tests.recorder import Recorder

PEOPLE = 24
DOCTORS = 1_500
Fields = dict[tuple[str, str], Any]


class KilledError(BaseException):
    """As a signal does, it passes through everything."""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "file"


def _killed_after(calls: int) -> Callable[..., Any]:
    """Write some batches, then half of one, then die."""
    real, done = bulk.write, [0]

    def write(actions: Any) -> None:
        done[0] += 1
        if done[0] > calls:
            real(actions[: len(actions) // 2])
            raise KilledError
        real(actions)

    return write


def _directory() -> Fields:
    found = double.tables()[table_name("identity")]
    return {
        key: {name: value for name, value in row.items() if name not in {"load_id", "mac"}}
        for key, row in found.items()
        if key[0].startswith(("PRO#", "DIR#"))
    }


def test_an_extract_killed_in_the_middle_ends_as_if_it_had_not_been(
    aws: Recorder, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    del aws
    empty = double.snapshot()
    file.write_text("".join(extract(DOCTORS)), encoding="utf-8")
    whole = professionals.load(file)
    expected = _directory()
    refusals = whole.refusals.read_text("utf-8")
    double.restore(empty)

    with patch.object(bulk, "write", _killed_after(7)), pytest.raises(KilledError):
        professionals.load(file)
    said = capsys.readouterr().err
    assert 0 < len(_directory()) < len(expected)
    again = professionals.load(file)

    assert _directory() == expected
    assert (again.done, again.left_out, again.refused) == (
        whole.done,
        whole.left_out,
        whole.refused,
    )
    assert whole.done > DOCTORS * 9 // 10
    assert again.refusals.read_text("utf-8") == refusals
    assert "stopped; lines up to" in said
    assert sorted(path.name for path in file.parent.iterdir()) == ["file", "file.refused"]


def test_persons_killed_in_the_middle_are_each_there_once(
    aws: Recorder, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del aws
    monkeypatch.setattr(Persons, "lines_at_once", 8)
    file.write_text("".join(insured(PEOPLE)), encoding="utf-8")
    told: list[str] = []
    real = spaces.open_space

    def dying(person: Any) -> str:
        if len(told) >= PEOPLE // 2:
            raise KilledError
        return real(person)

    with patch.object(spaces, "open_space", dying), pytest.raises(KilledError):
        persons.load(file, told.append)
    position = file.with_name("file.position")
    assert stat.S_IMODE(position.stat().st_mode) == 0o600
    assert len(told) < PEOPLE
    report = persons.load(file, told.append)

    assert (report.done, report.refused) == (PEOPLE, 0)
    assert len(set(told)) == len(told) == PEOPLE
    rows = double.tables()[table_name("identity")]
    assert sum(key[0].startswith("INS#") for key in rows) == PEOPLE


def test_a_number_said_twice_is_refused_even_across_an_interruption(
    aws: Recorder, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del aws
    monkeypatch.setattr(Persons, "lines_at_once", 2)
    lines = list(insured(6))
    file.write_text("".join([*lines, lines[1]]), encoding="utf-8")
    with (
        patch.object(Persons, "keep", _dies_at(Persons.keep, 3)),
        pytest.raises(KilledError),
    ):
        persons.load(file)

    report = persons.load(file)

    assert report.shown == [(8, "ins: on an earlier line of this file")]
    assert report.done == 6


def _dies_at(real: Any, call: int) -> Callable[..., Any]:
    calls = iter(range(1, 1000))

    def keep(self: Any, lines: Any, load_id: str) -> Any:
        if next(calls) == call:
            raise KilledError
        return real(self, lines, load_id)

    return keep


def test_other_traits_under_a_known_number_are_refused_and_the_space_stays(
    aws: Recorder, file: Path
) -> None:
    del aws
    lines = list(insured(1))
    file.write_text("".join(lines), encoding="utf-8")
    persons.load(file)
    file.write_text(lines[0] + lines[1].replace("FICTIF", "AUTRE"), encoding="utf-8")

    report = persons.load(file)

    ((number, reason),) = report.shown
    assert (number, report.done) == (2, 0)
    assert reason.startswith("name, birth date or sex: not those of the open space")


def test_a_child_may_be_on_the_file_of_a_child_of_these_lines(aws: Recorder, file: Path) -> None:
    del aws
    lines = [line.rstrip("\n") for line in insured(3)]
    numbers = [line.split(",")[0] for line in lines]
    lines[2] += numbers[1]
    lines[3] += numbers[2]
    file.write_text("\n".join(lines), encoding="utf-8")
    told: list[str] = []
    covered: dict[str, list[str]] = {}

    with patch.object(coverage, "cover", lambda pid, by: covered.update({pid: list(by)})):
        report = persons.load(file, told.append)

    assert report.refused == 0
    mother, girl, baby = told
    assert covered == {mother: [], girl: [mother], baby: [girl]}


@pytest.mark.parametrize(
    ("spoiled", "reason"),
    [
        ("FÉE".encode("latin-1"), "not UTF-8"),
        (b"A" * (LONGEST_LINE_BYTES + 1), f"longer than {LONGEST_LINE_BYTES} bytes"),
        (b'"A', "quotes"),
        (b"A,B", "9 columns instead of 8"),
    ],
    ids=lambda value: value if isinstance(value, str) else "bytes",
)
def test_a_spoiled_line_spoils_no_other_and_says_nothing_of_itself(
    aws: Recorder, file: Path, capsys: pytest.CaptureFixture[str], spoiled: bytes, reason: str
) -> None:
    del aws
    header, first, second, third = (line.encode() for line in insured(3))
    file.write_bytes(b"".join([header, first, second.replace(b"FICTIF", spoiled), b"\n", third]))

    assert operator.main(["open-space", str(file)]) == 1

    said = capsys.readouterr()
    refusals = file.with_name("file.refused")
    assert len([line for line in said.out.splitlines() if not line.startswith("{")]) == 2
    assert said.err.splitlines()[0] == f"line 3 refused: {reason}"
    assert f"1 refused, all in {refusals}; the others are kept" in said.err
    assert refusals.read_text("utf-8") == f"3,{reason}\n"
    assert stat.S_IMODE(refusals.stat().st_mode) == 0o600
    assert second.split(b",")[0].decode() not in said.err + said.out


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty"),
        (b"\n\n", "the file is empty"),
        (b"ins;ins_oid\n", "missing columns: ins, ins_oid"),
        ("numéro,".encode("latin-1"), "the first line is not UTF-8; convert it first: iconv"),
        (",".join((*persons.COLUMNS, "ins")).encode(), "two columns have one name"),
        (",".join((*persons.COLUMNS, "note")).encode(), "and no other"),
    ],
)
def test_a_header_that_is_not_ours_is_explained_and_nothing_is_done(
    aws: Recorder, file: Path, capsys: pytest.CaptureFixture[str], content: bytes, said: str
) -> None:
    file.write_bytes(content)

    assert operator.main(["open-space", str(file)]) == 2

    assert said in capsys.readouterr().err
    assert aws.names == []


def test_a_file_changed_since_or_of_another_installation_is_not_gone_on_with(
    aws: Recorder, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del aws
    monkeypatch.setattr(Professionals, "lines_at_once", 2)
    lines = list(extract(20))
    file.write_text("".join(lines), encoding="utf-8")
    with patch.object(bulk, "write", _killed_after(7)), pytest.raises(KilledError):
        professionals.load(file)

    file.write_text("".join([lines[0], *lines[2:]]), encoding="utf-8")
    with pytest.raises(ValueError, match=r"changed before line \d+.*; remove .*\.position"):
        professionals.load(file)
    file.write_text("".join(lines), encoding="utf-8")
    with (
        patch("infra.loaders.position.installation", lambda: "elsewhere"),
        pytest.raises(ValueError, match="another installation"),
    ):
        professionals.load(file)
    assert professionals.load(file).done >= 18


def test_two_commands_do_not_load_one_file(aws: Recorder, file: Path) -> None:
    del aws
    file.write_text("".join(insured(1)), encoding="utf-8")
    with file.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(ValueError, match="another command"):
            persons.load(file)


def test_what_the_store_left_is_asked_again_and_in_the_end_said(
    aws: Recorder, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del aws
    monkeypatch.setattr(bulk, "pause", lambda _: None)
    file.write_text("".join(extract(3)), encoding="utf-8")
    store = clients.client("dynamodb")
    real = store.batch_write_item
    asked: list[int] = []

    def one_at_a_time(**given: Any) -> Any:
        ((table, requests),) = given["RequestItems"].items()
        asked.append(len(requests))
        real(RequestItems={table: requests[:1]})
        return {"UnprocessedItems": {table: requests[1:]} if requests[1:] else {}}

    with patch.object(store, "batch_write_item", one_at_a_time):
        report = professionals.load(file)
    assert asked == [6, 5, 4, 3, 2, 1, 3, 2, 1]  # pointers, then those they lead to
    assert report.done == 3
    assert len(_directory()) == 9

    def nothing(**given: Any) -> Any:
        return {"UnprocessedItems": given["RequestItems"]}

    with (
        patch.object(store, "batch_write_item", nothing),
        pytest.raises(StoreUnavailable, match="unprocessed"),
    ):
        professionals.load(file)


def test_a_write_with_a_condition_or_of_one_row_twice_is_no_batch() -> None:
    put = {"Put": {"TableName": "t", "Item": {"pk": {"S": "a"}, "sk": {"S": "b"}}}}
    with pytest.raises(ValueError, match="condition"):
        bulk.write([{"Put": put["Put"] | {"ConditionExpression": "x"}}])
    with pytest.raises(ValueError, match="two writes"):
        bulk.write([put, put])


def test_lines_of_one_professional_are_kept_together() -> None:
    class Counting(Professionals):
        lines_at_once = 2

    def bunches(count: int) -> Iterator[list[int]]:
        from io import BytesIO  # noqa: PLC0415  of this test only

        from infra.loaders.source import Source  # noqa: PLC0415  of this test only

        header, line, *_ = extract(1)
        source = Source(BytesIO((header + line * count).encode()), Professionals.layout)
        for some, _digest in importing._bunches(source, Counting()):
            yield [one.number for one in some]

    assert list(bunches(5)) == [[2, 3, 4, 5, 6]]
    assert [len(some) for some in bunches(45)] == [20, 20, 5]


@pytest.mark.parametrize(
    ("lines", "load"),
    [(insured, persons.load), (extract, professionals.load)],
    ids=["persons", "professionals"],
)
def test_memory_does_not_grow_with_the_file(
    lines: Callable[[int], Iterator[str]],
    load: Callable[[Path], importing.Report],
    aws: Recorder,
    file: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A million lines take less than 100 MB: not even 20 bytes are kept of a line."""
    del aws
    monkeypatch.setattr(persons, "_open", lambda _: "0" * 26)
    monkeypatch.setattr(professionals, "_write", lambda *_: None)
    peaks = []
    for count in (300, 400, 4_000):  # the first alone imports what it needs
        file.write_text("".join(lines(count)), encoding="utf-8")
        tracemalloc.start()
        assert load(file).done > count * 9 // 10
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[2] - peaks[1] < 20 * (4_000 - 400)
    assert peaks[2] < 2_000_000
