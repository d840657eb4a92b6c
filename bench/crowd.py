"""People of the running product whose reminders are due in one minute, made by its own code."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from chalicelib.core import clock, ids, rows
from chalicelib.identity import accounts, spaces
from chalicelib.identity.model import Person
from chalicelib.identity.values import Traits, ins_key, parse_ins
from chalicelib.reminders import store, usecases
from chalicelib.reminders.model import MAX_A_DAY, NO_QUIET_HOURS, Preferences, Reminder, Source

DOMAIN: Final = "foule.exemple.test"
_ISSUER: Final = "https://foule.exemple.test"
_INS_OID: Final = "1.2.250.1.213.1.4.10"
_AT_ONCE: Final = 4
ALWAYS: Final = Preferences("Europe/Paris", *NO_QUIET_HOURS)


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody with a space, an account and an address that nobody had before."""

    pid: str
    address: str


def gather(count: int) -> list[Member]:
    """Open spaces and accounts of fictitious people, who have no quiet hours."""
    first = int(datetime.now(UTC).timestamp() * 100) % 10**8
    with ThreadPoolExecutor(_AT_ONCE) as beside:
        return list(beside.map(_join, range(first, first + count)))


def arm(members: list[Member], reminders: int, due: datetime) -> None:
    """Arm so many reminders of appointments for one instant, spread over everybody.

    Raises:
        ValueError: somebody would have more than a day may have (R-AGE-02).
    """
    if reminders > MAX_A_DAY * len(members):
        raise ValueError(f"at most {MAX_A_DAY} reminders a person")
    with ThreadPoolExecutor(_AT_ONCE) as beside:
        list(beside.map(lambda member: _arm(member, due), _in_turn(members, reminders)))


def _in_turn(members: list[Member], reminders: int) -> Iterator[Member]:
    return (members[number % len(members)] for number in range(reminders))


def _arm(member: Member, due: datetime) -> None:
    reminder = Reminder(Source.APPOINTMENT, (due,), due + timedelta(hours=1))
    usecases.begin(member.pid, ids.new_id(), reminder)


def _join(number: int) -> Member:
    identity = _identity(number)
    pid = spaces.open_space(identity)
    address = f"{number}@{DOMAIN}"
    accounts.of_person(_ISSUER, str(number), identity.traits, address, clock.now())
    rows.write([rows.put(store.preferences_row(pid, ALWAYS, None))])
    return Member(pid, address)


def _identity(number: int) -> Person:
    """Return traits and a national number that a run a moment ago did not give."""
    stem = f"29901{number % 10**8:08d}"
    letters = "".join(chr(ord("A") + int(digit)) for digit in str(number))
    return Person(
        traits=Traits(f"FOULE-{letters}", ("CAMILLE",), date(1999, 1, 15), "F", "75056"),
        ins=parse_ins(stem + ins_key(stem)),
        ins_oid=_INS_OID,
    )
