"""A session that goes on or ends, and the token of an organisation's software."""

from typing import Final

from chalicelib.access import store as access_store
from chalicelib.access.store import SessionRow
from chalicelib.core import clock, rows
from chalicelib.core.rows import table_name
from chalicelib.identity import accounts, clients, logout, registration, sessions
from chalicelib.identity.clients import OAuthRefused
from chalicelib.identity.store import ProviderSessionRow
from tests import double
from tests.builders import a_rpps
from tests.faults.reminder_stories import Unclear
from tests.faults.stories import MARKER, Travel
from tests.identity import software
from tests.worlds import World

_known: Final[dict[str, str]] = {}
_granted: Final[list[str]] = []  # the assertions that got a token


def prepare(world: World, travel: Travel) -> None:
    """Log a professional in; her provider is asked nothing, for what would end it is unreadable."""
    del world, travel
    now = clock.now()
    row, _known["cookie"] = sessions.new_session(accounts.of_professional(a_rpps(), now), now)
    beside = ProviderSessionRow(
        pk=row.pk, sk=ProviderSessionRow.SORT, kind="provider_session", sealed="-", ttl=row.ttl
    )
    rows.write([rows.put(row), rows.put(beside)])
    _known["secret"] = row.refresh_hash


def refresh(world: World) -> None:
    """Bring the same cookie each time, as a browser does whose answer was lost."""
    del world
    _known["next"] = sessions.refresh(_known["cookie"], clock.now()).cookie


def is_turned(world: World) -> bool:
    del world
    row = rows.get(SessionRow, *access_store.session_key(sessions.sid_of(_known["cookie"])))
    assert row is not None
    return row.refresh_hash != _known["secret"]


def it_goes_on(world: World, travel: Travel) -> None:
    """Go on a minute later with the last cookie that was answered."""
    del world
    travel.shift(60)
    sessions.refresh(_known["next"], clock.now())


def end(world: World) -> None:
    del world
    logout.end(_known["cookie"], clock.now())


def rows_of_session(world: World) -> int:
    """Count its rows: its own, and what ends it at its provider."""
    del world
    pk, _ = access_store.session_key(sessions.sid_of(_known["cookie"]))
    return sum(found == pk for found, _ in double.tables()[table_name("identity")])


def prepare_software(world: World, travel: Travel) -> None:
    """Register software that asks for its token."""
    del world, travel
    name, keys = f"Logiciel {MARKER}", software.key_set(software.EC)
    _known["client"] = registration.register_client(name, software.LAB, keys)


def ask_token(world: World) -> None:
    """Ask with a new assertion each time, as an answer that was lost may have spent the last."""
    if not is_spent(world):
        _granted.clear()
    _known["assertion"] = software.assertion(software.claims_of(_known["client"]))
    _bring()


def ask_token_again(world: World) -> None:
    """Bring, as who copied it, the assertion that is being brought."""
    del world
    _bring()


def _bring() -> None:
    form = {
        "client_assertion_type": clients.ASSERTION_TYPE,
        "client_assertion": _known["assertion"],
    }
    try:
        clients.grant_token(form, clock.now())
    except OAuthRefused as refused:
        raise Unclear from refused
    _granted.append(_known["assertion"])


def is_spent(world: World) -> bool:
    """Tell whether an assertion was spent."""
    del world
    work = double.tables()[table_name("work")].values()
    return any(item["kind"]["S"] == "used" for item in work)


def one_token_each(world: World, travel: Travel) -> None:
    del world, travel
    assert len(_granted) == len(set(_granted)), "one assertion got two tokens"
