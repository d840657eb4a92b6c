"""Read insured persons from a CSV file and open their spaces (R-ACC-01).

Columns: `ins,ins_oid,family_name,given_names,birth_date,sex,birth_place,subscribers`; given names
are separated by spaces, sex is F, M or U, the place is an INSEE code. Subscribers are the national
numbers, separated by spaces, of those on whose insurance file a child is: before her in the file,
or in one loaded earlier. A refused line is reported by its number and the reason, never by its
values.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Final, cast

from chalicelib.core import clock
from chalicelib.identity import coverage, spaces
from chalicelib.identity.model import Person
from chalicelib.identity.values import OIDS_INS, InvalidIdentifier, Sex, Traits, fold, parse_ins
from chalicelib.prevention import usecases as prevention

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

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


@dataclass(frozen=True, slots=True)
class Report:
    """What a load did: ids in the order of the lines, and the lines it refused."""

    opened: list[str] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)


class RefusedLine(ValueError):  # noqa: N818  it says why
    """A line that is not an insured person."""


def load(file: Path) -> Report:
    """Open the space of every person of a file; those already open stay as they are.

    Raises:
        ValueError: the header is not the one expected; nothing was done.
    """
    with file.open(encoding="utf-8", newline="") as lines:
        return load_lines(lines)


def load_lines(lines: Iterable[str]) -> Report:
    """Open the space of every person of CSV lines, one at a time; raises as `load`."""
    reader = csv.DictReader(lines)
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise ValueError(f"expected the columns {','.join(COLUMNS)}")
    report = Report()
    for line in reader:
        try:
            person, subscribers = read_person(line), read_subscribers(line)
        except RefusedLine as refused:
            report.refused.append((reader.line_num, str(refused)))
            continue
        pid = spaces.open_space(person)
        prevention.begin(pid, clock.now())
        coverage.cover(pid, subscribers)
        report.opened.append(pid)
    return report


def read_subscribers(line: Mapping[str, str | None]) -> list[str]:
    """Find the records of those on whose insurance file somebody is.

    Raises:
        RefusedLine: one of them is no number, or has no space yet; says which of the two.
        Unavailable, StoreUnavailable: the host does not answer.
    """
    found = []
    for text in (line.get("subscribers") or "").split():
        try:
            subscriber = spaces.find_by_ins(parse_ins(text))
        except InvalidIdentifier as error:
            raise RefusedLine(f"subscribers: {error.code}") from error
        if subscriber is None:
            raise RefusedLine("subscribers: no space yet")
        found.append(subscriber.pid)
    return found


def read_person(line: Mapping[str, str | None]) -> Person:
    """Read one person.

    Raises:
        RefusedLine: a value is missing or malformed; says which.
    """
    values = {name: (line.get(name) or "").strip() for name in COLUMNS}
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
