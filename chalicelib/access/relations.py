"""Who authorised a professional: her own list, from the index by grantee.

It tells which records are open to her and until when, and nothing of any person: names are read in
each record, traced there. The index is a pointer, a little late: each authorisation and each space
is read again, consistently, so that what was withdrawn is gone at once. The list is traced in her
own history, before it leaves.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from chalicelib.access import entry, gate, store, tokens
from chalicelib.access.model import RELATION_LIST, Grant
from chalicelib.access.store import GrantRow, SettingsRow
from chalicelib.core import clock, log, rows, tables
from chalicelib.core.errors import Forbidden
from chalicelib.core.rows import Item, Page, Query, key
from chalicelib.http.principal import ActorKind, Principal
from chalicelib.vault.errors import Tampered

# Two rows are read again for each: no more than one request takes.
_PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class Relation:
    """A record open to a professional, and by which authorisation."""

    pid: str
    grant: Grant


@dataclass(frozen=True, slots=True)
class Relations:
    """A page of them and the cursor of the next one."""

    found: list[Relation]
    next: str | None


def list_relations(
    principal: Principal, ends_within: timedelta | None, cursor: str | None, limit: int
) -> Relations:
    """List who authorises a professional now, the last given or renewed first.

    With `ends_within`, those that end before so long, the soonest first. A page is full if there is
    enough to fill it.

    Raises:
        Forbidden: nobody else has patients.
        Unauthenticated: the session was ended.
        BadRequest (cursor), StoreUnavailable, Unavailable.
    """
    if principal.kind is not ActorKind.PROFESSIONAL:
        raise Forbidden
    now, scope = clock.now(), (principal.id, "relations", str(ends_within))
    query = _query(principal.id, now, ends_within, tokens.open_cursor(cursor, *scope))
    with gate.enter_own(principal, RELATION_LIST, [query]) as own:
        found = list(islice(_open(query, own.pages[0], principal.id, now), limit + 1))
    after = found[limit - 1][0] if len(found) > limit else None
    return Relations([one for _, one in found[:limit]], tokens.new_cursor(after, *scope))


def _query(rpps: str, now: datetime, ends_within: timedelta | None, after: Item | None) -> Query:
    """Return the query of the authorisations that have not ended; `~` comes after all ids."""
    last = clock.iso(now + ends_within) if ends_within else ""
    return Query(
        GrantRow,
        key("PRO", rpps),
        low=f"GRANT#{clock.iso(now)}",
        high=f"GRANT#{last}~",
        descending=ends_within is None,
        limit=_PAGE,
        after=after,
        index=tables.BY_GRANTEE,
    )


def _open(query: Query, page: Page, rpps: str, now: datetime) -> Iterator[tuple[Item, Relation]]:
    """Read authorisations again one page after the other, while the consumer asks."""
    while True:
        yield from _read_again(page, rpps, now)
        if page.last_key is None:
            return
        page = rows.query(rows.following(query, page.last_key))


def _read_again(page: Page, rpps: str, now: datetime) -> Iterator[tuple[Item, Relation]]:
    """Return those of a page that open a record now, each with its place in the list."""
    pids = [item["pk"]["S"].removeprefix("P#") for item in page.items]
    wanted: list[entry.Wanted] = [(GrantRow, *store.grant_key(pid, rpps)) for pid in pids]
    wanted += [(SettingsRow, *store.settings_key(pid)) for pid in pids]
    items = rows.fetch_raw(wanted) if wanted else []
    pairs = zip(items[: len(pids)], items[len(pids) :], strict=True)
    for pid, (grant_item, space_item) in zip(pids, pairs, strict=True):
        grant, space = _intact(GrantRow, grant_item), _intact(SettingsRow, space_item)
        if not isinstance(grant, GrantRow) or not isinstance(space, SettingsRow):
            continue
        opens = store.grant_of(grant, space)
        if space.status == "open" and opens.is_active(now):
            yield rows.position(grant, tables.BY_GRANTEE), Relation(pid, opens)


def _intact(model: type[rows.Row], item: Item | None) -> rows.Row | None:
    """Read a row; one that was forged or altered is left out, and told."""
    try:
        return model.from_raw_data(item) if item else None
    except Tampered as error:
        log.exception("a row of a relation does not verify", error)
        return None
