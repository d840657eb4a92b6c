"""The person lets a professional in, sees who may come in, and takes the key back."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from chalicelib.access import gate, rules, store
from chalicelib.access.model import Action, Grant, GrantStatus, Right
from chalicelib.access.store import GrantRow, OwnGrantRow
from chalicelib.core import clock, ids, rows
from chalicelib.core.errors import Conflict, FieldError, Invalid, Unavailable
from chalicelib.core.rows import Query, Row, patient_key
from chalicelib.http.principal import Principal

_PAGE: Final = 100
_ATTEMPTS: Final = 6
_JITTER_SECONDS: Final = 0.1
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Given:
    """An authorisation after it was given; `is_new` unless it was only renewed."""

    grant: Grant
    is_new: bool


def list_authorisations(principal: Principal, pid: str) -> list[Grant]:
    """List everyone the person ever authorised, the last change first.

    Raises:
        NotFound, Unavailable.
    """
    query = Query(GrantRow, patient_key(pid), prefix="GRANT#PRO#", limit=_PAGE)
    with gate.enter(
        principal, Action.AUTHORISATION_LIST, pid, queries=[query], opens_record=False
    ) as unit:
        found = rows.all_items(query, unit.pages[0])
        grants = store.read_grants(found, unit.entry.settings, named_of=pid)
    return sorted(grants, key=lambda grant: grant.changed_at, reverse=True)


def give_authorisation(
    principal: Principal, pid: str, rpps: str, directory: tuple[type[Row], str, str]
) -> Given:
    """Authorise a professional of the directory for a year; again renews it.

    Raises:
        Invalid: the professional is not in the directory.
        NotFound, Unavailable.
    """
    return until_it_holds(lambda: _give(principal, pid, rpps, directory))


def withdraw_authorisation(principal: Principal, pid: str, rpps: str) -> None:
    """Take the key back; effective on the professional's next request. Repeating is harmless.

    Withdrawing asks for no `If-Match`: it must win over any rival change, such as a first use.

    Raises:
        NotFound, Unavailable.
    """
    until_it_holds(lambda: _withdraw(principal, pid, rpps))


def until_it_holds(act: Callable[[], T]) -> T:
    """Try again on current rows while a rival wins, so that the person's word stands (ADR 0008).

    Raises:
        Unavailable: rivals were faster every time.
        Conflict: of another kind than losing to a rival.
    """
    for _ in range(_ATTEMPTS):
        try:
            return act()
        except Conflict as conflict:
            if conflict.slug != Conflict.slug:
                raise
            time.sleep(ids.jitter(_JITTER_SECONDS))
    raise Unavailable


def _give(
    principal: Principal, pid: str, rpps: str, directory: tuple[type[Row], str, str]
) -> Given:
    wish = (OwnGrantRow, *store.grant_key(pid, rpps))
    with gate.enter(
        principal,
        Action.AUTHORISATION_GIVE,
        pid,
        wanted=[wish, directory],
        opens_record=False,
    ) as unit:
        if unit.row(*directory) is None:
            raise Invalid(errors=(FieldError("/rpps", "unknown_professional"),))
        row = unit.row(*wish)
        is_new = row is None or row.is_altered or not _is_active(unit, row)
        if row is None or is_new:
            fresh = store.new_grant_row(pid, rpps, now=unit.now, until=rules.until(unit.now))
            kept: GrantRow = rows.at_version(fresh, row.version if row else None)
        else:
            kept = row
            kept.valid_until = clock.iso(rules.until(unit.now))
            kept.grantee_sk = store.grantee_sk(rules.until(unit.now), pid)
            kept.changed_at = clock.iso(unit.now)
        _sign(unit, kept, is_new=is_new)
        unit.about(rpps)
        _keep(unit, kept, overrules=row is not None and row.is_altered)
        by = unit.actor_name if kept.given_by else None
        grant = store.grant_of(kept, unit.entry.settings, given_by=by)
    return Given(replace(grant, version=grant.version + 1), is_new)


def _is_active(unit: gate.Unit, row: GrantRow) -> bool:
    return store.grant_of(row, unit.entry.settings).is_active(unit.now)


def _sign(unit: gate.Unit, row: GrantRow, *, is_new: bool) -> None:
    """Note whose word an authorisation is: the person's own, or that of who represents her.

    Her own stays hers, whoever prolongs it; what she prolongs becomes hers.
    """
    if unit.right is not Right.REPRESENTATIVE:
        row.given_by = None
        return
    settings = unit.entry.settings
    if settings is None or not (is_new or row.given_by):
        return
    row.given_by = store.seal_name(unit.actor_name, unit.pid, settings, row)


def _withdraw(principal: Principal, pid: str, rpps: str) -> None:
    wish = (OwnGrantRow, *store.grant_key(pid, rpps))
    with gate.enter(
        principal, Action.AUTHORISATION_WITHDRAW, pid, wanted=[wish], opens_record=False
    ) as unit:
        unit.about(rpps)
        row = unit.row(*wish)
        if row is not None and row.is_altered:
            fresh = store.new_grant_row(pid, rpps, now=unit.now, until=unit.now)
            fresh.status = GrantStatus.WITHDRAWN
            _keep(unit, fresh, overrules=True)
        elif row is not None and row.status == GrantStatus.ACTIVE:
            row.status = GrantStatus.WITHDRAWN
            row.changed_at = clock.iso(unit.now)
            unit.put(row)


def _keep(unit: gate.Unit, row: GrantRow, *, overrules: bool) -> None:
    """Write an authorisation; over an altered one whatever its version, and above all of ours.

    Nobody else writes over an altered row: who reads it as one of ours is refused.
    """
    if not overrules:
        unit.put(row)
        return
    row.version = clock.epoch(unit.now)
    unit.write(rows.replace(row))
