"""A person lets an application in, reduces that, takes it back; and a device stays connected."""

from contextlib import suppress
from dataclasses import replace
from typing import Final

from chalicelib.access import applications
from chalicelib.access.applications import ConsentRow
from chalicelib.access.permissions import Permission
from chalicelib.core import clock, rows
from chalicelib.http.idempotency import Idempotency
from chalicelib.identity.clients import OAuthRefused
from chalicelib.oauth import agreement, consents, grants, store
from chalicelib.oauth.grants import Granted
from chalicelib.oauth.model import Given
from chalicelib.oauth.store import RenewalsRow
from tests import double
from tests.faults.reminder_stories import Unclear
from tests.faults.stories import Travel, waiting
from tests.oauth import asked
from tests.oauth.play import BACK, VERIFIER, an_application, answer
from tests.worlds import World

KEY: Final = Idempotency("c" * 64, "h" * 64)
LINES: Final = [Permission.WEIGHT_READ, Permission.WEIGHT_WRITE]
# The state of the consent, its lines, how often she was told, and the devices that it connects.
Seen = tuple[str | None, int, int, int]
NOTHING: Final[Seen] = (None, 0, 0, 0)
GIVEN: Final[Seen] = ("active", 2, 1, 0)
CONNECTED: Final[Seen] = ("active", 2, 1, 1)
AGREED: Final[Seen] = ("active", 2, 2, 1)
DISCONNECTED: Final[Seen] = ("active", 2, 1, 0)
REDUCED: Final[Seen] = ("active", 1, 1, 1)
WITHDRAWN: Final[Seen] = ("withdrawn", 2, 1, 0)
_known: Final[dict[str, str]] = {}
_answers: Final[list[Granted]] = []  # to one code


def prepare(world: World, travel: Travel) -> None:
    """Let an application ask."""
    del world, travel
    _known["application"] = an_application().id
    _known["request"] = asked.request(_known["application"])


def prepare_given(world: World, travel: Travel) -> None:
    """Let the browser bring the application its code."""
    prepare(world, travel)
    _known["code"] = answer(give(world).redirect_url)["code"]


def prepare_connected(world: World, travel: Travel) -> None:
    """Let a device be connected."""
    prepare_given(world, travel)
    got = _exchange(_known["code"])
    assert got.refresh_token
    _known["refresh_token"] = got.refresh_token
    _known["former"] = _proof(world)


def prepare_changed(world: World, travel: Travel) -> None:
    """Let the application be for something else since."""
    prepare_connected(world, travel)
    asked.change(_known["application"])


def agree(world: World) -> None:
    """Agree to that as a client does: it looks first, and what is done is done."""
    person = world.person
    (one,) = consents.list_consents(person.principal, person.pid)
    if one.new_terms:
        read = one.new_terms.version
        agreement.agree(person.principal, person.pid, one.ref, read, one.version)


def exchange(world: World) -> None:
    """Bring the code; what it gave is dead once it was brought twice."""
    del world
    if not _is_used():
        _answers.clear()
    try:
        _answers.append(_exchange(_known["code"]))
    except OAuthRefused as refused:
        raise Unclear from refused


def is_connected(world: World) -> bool:
    return seen(world)[3] == 1


def ask_again(world: World, travel: Travel) -> None:
    """Ask the person again, as an application does that lost the answer, or whose code was used."""
    assert len(_answers) <= 1, "a code was answered twice"
    travel.shift(60)
    if not is_connected(world):
        request = asked.request(_known["application"])
        given = give(world, request=request, key=replace(KEY, key="d" * 64))
        _exchange(answer(given.redirect_url)["code"])


def _exchange(code: str) -> Granted:
    form = {
        "client_id": _known["application"],
        "code": code,
        "redirect_uri": BACK,
        "code_verifier": VERIFIER,
    }
    return grants.exchange_code(form, clock.now())


def _is_used() -> bool:
    items = double.tables()[rows.table_name("work")].values()
    return any(item["kind"]["S"] == "used" for item in items)


def give(world: World, request: str | None = None, key: Idempotency = KEY) -> Given:
    person = world.person
    return consents.give_consent(
        person.principal,
        person.pid,
        request or _known["request"],
        permissions=LINES,
        months=6,
        idempotency=key,
    )


def change(world: World) -> None:
    """Take one line back as a client does: it looks first, and what is done is done."""
    person = world.person
    (one,) = consents.list_consents(person.principal, person.pid)
    if len(one.permissions) > 1:
        kept = LINES[:1]
        consents.change_consent(person.principal, person.pid, one.ref, kept, one.version)


def withdraw(world: World) -> None:
    person = world.person
    consents.withdraw_consent(person.principal, person.pid, _ref(world))


def renew(world: World) -> None:
    del world
    form = {"client_id": _known["application"], "refresh_token": _known["refresh_token"]}
    grants.renew(form, clock.now())


def disconnect(world: World) -> None:
    """Give up the device's token, as its application does."""
    del world
    form = {"client_id": _known["application"], "token": _known["refresh_token"]}
    grants.revoke(form, clock.now())


def renew_or_fail(world: World) -> None:
    """Let the device renew meanwhile, if it still may."""
    with suppress(OAuthRefused):
        renew(world)


def seen(world: World) -> Seen:
    where = applications.consent_key(world.person.pid, _ref(world))
    row = rows.get(ConsentRow, *where)
    told = [one for one in waiting() if one.type == "consent.given"]
    devices = rows.get(RenewalsRow, *store.renewals_key(world.person.pid, _ref(world)))
    connected = len(devices.families) if devices else 0
    return (row.status, len(row.permissions), len(told), connected) if row else NOTHING


def is_turned(world: World) -> bool:
    """Tell whether the secret of the device is another one."""
    return _proof(world) != _known["former"]


def _proof(world: World) -> str:
    row = rows.get(RenewalsRow, *store.renewals_key(world.person.pid, _ref(world)))
    assert row is not None
    (device,) = row.families
    return str(device["proof"])


def _ref(world: World) -> str:
    return applications.consent_ref(world.person.pid, _known["application"])
