"""Read insured persons from a CSV file and open their spaces (R-ACC-01).

Columns: `ins,ins_oid,family_name,given_names,birth_date,sex,birth_place,subscribers`; given names
are separated by spaces, sex is F, M or U, the place is an INSEE code. Subscribers are the national
numbers, separated by spaces, of those on whose insurance file a child is: before her in the file,
or in one loaded earlier. A refused line is reported by its number and the reason, never by its
values. A space is opened by a transaction, which a batch of writes is not: several are opened side
by side instead.
"""

from __future__ import annotations

import csv
import hashlib
import secrets
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date
from itertools import count
from typing import TYPE_CHECKING, Final, Self, cast

from chalicelib.core import clock
from chalicelib.core.errors import Unavailable
from chalicelib.core.rows import StoreUnavailable, TransactionConflict
from chalicelib.identity import coverage, spaces
from chalicelib.identity.model import Person
from chalicelib.identity.values import (
    INS,
    OIDS_INS,
    InvalidIdentifier,
    Sex,
    Traits,
    fold,
    parse_ins,
)
from chalicelib.prevention import usecases as prevention
from infra.loaders import bulk, importing
from infra.loaders.importing import Kept
from infra.loaders.source import Layout

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from infra.loaders.importing import Report
    from infra.loaders.source import Line

_Wanted = tuple[int, Person, tuple[INS, ...]]  # the line, who, and on whose insurance files

COLUMNS: Final = (
    "ins",
    "ins_oid",
    "family_name",
    "given_names",
    "birth_date",
    "sex",
    "birth_place",
    "subscribers",
)


_AT_ONCE: Final = 8
_ATTEMPTS: Final = 4
_PASSING: Final = (Unavailable, StoreUnavailable, TransactionConflict)


class RefusedLine(ValueError):  # noqa: N818  it says why
    """A line that is not an insured person, or that nothing may be done with; says why."""


def load(file: Path, tell: Callable[[str], None] = lambda _: None) -> Report:
    """Open the space of every person of a file; those already open stay as they are.

    `tell` is given the id of each space. Raises as `importing.load`.
    """
    with Persons() as loader:
        return importing.load(file, loader, tell)


def _split(text: str) -> list[str]:
    try:
        return next(csv.reader([text], strict=True), [])
    except csv.Error as error:
        raise ValueError("quotes") from error


class Persons:
    """What `importing` must know of files of insured persons."""

    layout = Layout(COLUMNS, ",", _split, has_others=False)
    lines_at_once = 64

    def __init__(self) -> None:
        """Begin with no number seen."""
        self._seen = _Seen()
        self._beside = ThreadPoolExecutor(_AT_ONCE)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of the threads and of the numbers seen."""
        self._beside.shutdown()
        self._seen.close()

    def know(self, line: Line) -> None:
        """Take note of a number that was on a line before an interruption."""
        with suppress(RefusedLine):
            self._read(line)

    def belong(self, line: Line, to: Line) -> bool:
        """Tell that each line is by itself."""
        del line, to
        return False

    def keep(self, lines: list[Line], load_id: str) -> Kept:
        """Open spaces side by side; who is on a file of somebody of these lines comes after."""
        del load_id
        kept, wanted = Kept(), []
        for line in lines:
            try:
                wanted.append(self._read(line))
            except RefusedLine as refused:
                kept.refused.append((line.number, str(refused)))
        done: dict[int, str] = {}
        for some in _in_turn(wanted):
            for (number, *_), outcome in zip(some, self._beside.map(_open, some), strict=True):
                if isinstance(outcome, RefusedLine):
                    kept.refused.append((number, str(outcome)))
                else:
                    done[number] = outcome
        kept.done = [done[number] for number in sorted(done)]
        return kept

    def _read(self, line: Line) -> _Wanted:
        person, numbers = read_person(line.values), _numbers(line.values)
        if not self._seen.add(person.ins.matricule):
            raise RefusedLine("ins: on an earlier line of this file")
        return line.number, person, numbers


def _in_turn(wanted: list[_Wanted]) -> Iterator[list[_Wanted]]:
    """Give what may be done side by side, then, one by one, those who need one another."""
    here = {person.ins for _, person, numbers in wanted if numbers}
    yield [one for one in wanted if not one[2]]
    yield [one for one in wanted if one[2] and here.isdisjoint(one[2])]
    yield from ([one] for one in wanted if not here.isdisjoint(one[2]))


def _open(wanted: _Wanted) -> str | RefusedLine:
    """Open one space, and say on whose insurance files she is; return its id, or why not."""
    for attempt in count():
        try:
            return _opened(*wanted[1:])
        except RefusedLine as refused:
            return refused
        except _PASSING:
            if attempt == _ATTEMPTS:
                raise
            bulk.pause(attempt)
    raise AssertionError("it returns or raises")


def _opened(person: Person, numbers: Sequence[INS]) -> str:
    subscribers = _subscribers(numbers)
    found = spaces.find_by_ins(person.ins)
    if found is not None and not spaces.matches(found, person.traits):
        raise RefusedLine("name, birth date or sex: not those of the open space, which stays")
    pid = found.pid if found else spaces.open_space(person)
    prevention.begin(pid, clock.now())
    coverage.cover(pid, subscribers)
    return pid


def _numbers(values: Mapping[str, str]) -> tuple[INS, ...]:
    try:
        return tuple(map(parse_ins, values["subscribers"].split()))
    except InvalidIdentifier as error:
        raise RefusedLine(f"subscribers: {error.code}") from error


def _subscribers(numbers: Sequence[INS]) -> list[str]:
    """Find the records of those on whose insurance file somebody is.

    Raises:
        RefusedLine: one of them has no space yet.
        Unavailable, StoreUnavailable: the host does not answer.
    """
    found = [spaces.find_by_ins(number) for number in numbers]
    if None in found:
        raise RefusedLine("subscribers: no space yet")
    return [one.pid for one in found if one]


class _Seen:
    """The numbers of a file of any length, on the disk, as hashes under a key of this process."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        # An empty name: a file of this connection's own, gone with it.
        self._hashes = sqlite3.connect("", isolation_level=None)
        self._hashes.execute("CREATE TABLE seen (hash INTEGER PRIMARY KEY)")
        self._hashes.execute("BEGIN")

    def add(self, number: str) -> bool:
        """Add a number; tell whether it was not there."""
        digest = hashlib.blake2b(number.encode(), key=self._key, digest_size=8).digest()
        hashed = int.from_bytes(digest, "big", signed=True)
        added = self._hashes.execute("INSERT OR IGNORE INTO seen VALUES (?)", (hashed,))
        return added.rowcount == 1

    def close(self) -> None:
        """Let go of the file."""
        self._hashes.close()


def read_person(line: Mapping[str, str]) -> Person:
    """Read one person.

    Raises:
        RefusedLine: a value is missing or malformed; says which.
    """
    values = {name: line[name].strip() for name in COLUMNS}
    try:
        ins = parse_ins(values["ins"])
        born = date.fromisoformat(values["birth_date"])
    except InvalidIdentifier as error:
        raise RefusedLine(f"ins: {error.code}") from error
    except ValueError as error:
        raise RefusedLine("birth_date") from error
    names = tuple(values["given_names"].split())
    wrong = {
        "ins_oid": values["ins_oid"] not in OIDS_INS,
        "family_name": not fold(values["family_name"]),
        "given_names": not names or not fold(names[0]),
        "sex": values["sex"] not in {"F", "M", "U"},
        "birth_place": not values["birth_place"],
    }
    if any(wrong.values()):
        raise RefusedLine(", ".join(name for name, is_wrong in wrong.items() if is_wrong))
    traits = Traits(
        family_name=values["family_name"],
        given_names=names,
        birth_date=born,
        sex=cast("Sex", values["sex"]),
        birth_place=values["birth_place"],
    )
    return Person(traits, ins, values["ins_oid"])
