"""Rows of the catalogue: a public card, beside the row by which the gate knows an application.

All cards are one partition, which is read whole: there are hundreds of applications, not millions
(ADR 0027). A card decides what people consent to: it carries a keyed hash, as rights do.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from typing import Any, ClassVar, Final, cast

from pynamodb.attributes import JSONAttribute, UnicodeAttribute

from chalicelib.access.applications import ApplicationRow, application_key
from chalicelib.access.permissions import Permission
from chalicelib.access.store import AuthenticatedRow
from chalicelib.audit import store as audit_store
from chalicelib.audit.model import Trace
from chalicelib.audit.store import TRACE_KIND, TraceRow, subject_of_trace
from chalicelib.catalogue import rules, terms
from chalicelib.catalogue.model import (
    Application,
    Asked,
    Attestation,
    Attested,
    Author,
    Checked,
    Criteria,
    Draft,
    Event,
    Happened,
    Platform,
    Price,
    Pricing,
    Publisher,
    State,
    Theme,
)
from chalicelib.core import clock, ids, log, rows
from chalicelib.core.rows import Action, Item, Query, key
from chalicelib.vault import envelope
from chalicelib.vault.errors import Tampered

_CARDS: Final = "CATALOGUE"
# More than a page holds: DynamoDB ends it at 1 MB.
_MOST: Final = 2000
_ARROW: Final = ">"
_APART: Final = ";"

Pair = tuple[ApplicationRow, "CardRow"]


class CardRow(AuthenticatedRow):
    """What everybody reads of an application, and its keys: nothing of it is secret."""

    TABLE: ClassVar[str] = "catalogue"

    state = UnicodeAttribute()
    state_since = UnicodeAttribute()
    draft = JSONAttribute()
    checked = JSONAttribute()
    owner = UnicodeAttribute(null=True)


def card_key(application_id: str) -> tuple[str, str]:
    """Return the key of a card."""
    return _CARDS, key("APP", application_id)


def find(application_id: str) -> Application | None:
    """Return an application; None: there is none.

    Raises:
        Tampered: its card is not as the product wrote it.
        StoreUnavailable: the store did not answer.
    """
    row = rows.get(CardRow, *card_key(application_id))
    return application_of(row) if row else None


def read_all() -> list[Application]:
    """Return all applications, whatever their state; an altered card is left out, and told.

    Raises:
        StoreUnavailable: the store did not answer.
    """
    asked = Query(CardRow, _CARDS, prefix="APP#", limit=_MOST)
    return [application_of(row) for row in _cards(rows.all_items(asked, rows.query(asked)))]


def read_some(application_ids: Iterable[str]) -> list[Application]:
    """Return those of these applications that there are; raises and leaves out as `read_all`."""
    wanted = [(CardRow, *card_key(one)) for one in application_ids]
    items = rows.fetch_raw(wanted) if wanted else []
    return [application_of(row) for row in _cards(one for one in items if one)]


def _cards(items: Iterable[Item]) -> list[CardRow]:
    found = []
    for item in items:
        try:
            found.append(CardRow.from_raw_data(item))
        except Tampered as error:
            log.exception("card of an application does not verify", error)
    return found


def read_pair(application_id: str) -> Pair | None:
    """Return both rows of an application, to change them; raises as `find`."""
    application, card = rows.fetch(
        [
            (ApplicationRow, *application_key(application_id)),
            (CardRow, *card_key(application_id)),
        ]
    )
    if application is None or card is None:
        return None
    return cast("Pair", (application, card))


def new_pair(application: Application) -> Pair:
    """Make both rows of a new application. Its branch key is there.

    Raises:
        Unavailable: the key service does not answer.
    """
    pk, sk = application_key(application.id)
    trace_key = envelope.new_data_key(subject_of_trace(application.id), TRACE_KIND)
    row = ApplicationRow(pk=pk, sk=sk, kind="application", trace_key=trace_key, terms={})
    pk, sk = card_key(application.id)
    return changed((row, CardRow(pk=pk, sk=sk, kind="card", owner=application.owner)), application)


def changed(pair: Pair, application: Application) -> Pair:
    """Write an application into its two rows: what decides, and what is read."""
    row, card = pair
    draft = application.draft
    row.status = application.state.value
    row.name, row.organisation = draft.name, draft.publisher.name
    row.permissions = [one.value for one in rules.permissions(draft)]
    if application.state is State.ONLINE:
        row.terms = terms.in_force(row.terms, draft, clock.iso(clock.now()))
    row.redirect_uris = list(draft.redirect_uris)
    row.jwks = json.dumps(draft.jwks, sort_keys=True) if draft.jwks else None
    card.state, card.state_since = application.state.value, clock.iso(application.state_since)
    card.draft = asdict(draft)
    card.checked = [
        {"criteria": one.criteria.value, "on": str(one.on)} for one in application.checked
    ]
    return pair


def actions(pair: Pair, trace: TraceRow) -> list[Action]:
    """Return the transaction that writes both rows, and what was done in the own history."""
    return [rows.put(pair[0]), rows.put(pair[1]), rows.put(trace)]


def application_of(card: CardRow) -> Application:
    """Read an application from its card."""
    return Application(
        id=card.sk.partition("#")[2],
        draft=draft_of(card.draft),
        state=State(card.state),
        state_since=clock.instant(card.state_since),
        checked=tuple(
            Checked(Criteria(one["criteria"]), date.fromisoformat(one["on"]))
            for one in card.checked
        ),
        owner=card.owner,
        version=card.version or 0,
    )


def draft_of(kept: dict[str, Any]) -> Draft:
    """Read what a publisher says from the members that `asdict` makes of it."""
    return Draft(
        name=kept["name"],
        publisher=Publisher(**kept["publisher"]),
        purpose=kept["purpose"],
        theme=Theme(kept["theme"]),
        platforms=tuple(Platform(one) for one in kept["platforms"]),
        price=Price(Pricing(kept["price"]["kind"]), kept["price"]["detail"]),
        data_asked=tuple(
            Asked(Permission(one["permission"]), one["why"]) for one in kept["data_asked"]
        ),
        retention=kept["retention"],
        site=kept["site"],
        privacy=kept["privacy"],
        attestations=tuple(
            Attestation(Attested(one["kind"]), one["reference"]) for one in kept["attestations"]
        ),
        redirect_uris=tuple(kept["redirect_uris"]),
        jwks=kept["jwks"],
    )


def trace_of(row: ApplicationRow, event: Event) -> TraceRow:
    """Seal an event in the own history of an application.

    Raises:
        Unavailable: the key service does not answer.
    """
    moved = f"{event.before or ''}{_ARROW}{event.after}" if event.after else ""
    trace = Trace(
        id=event.id,
        at=clock.iso(event.at),
        actor=event.by.kind,
        actor_id=event.by.id,
        actor_name=event.by.name,
        profession=None,
        organisation=event.by.siret,
        action=event.what,
        outcome="allowed",
        right=event.by.kind,
        right_since=None,
        reference=_APART.join(filter(None, (",".join(event.about), moved))),
        reason=event.reason,
        request_id=log.request_id.get(),
        salt=ids.new_secret_id(),
    )
    owner = row.pk.partition("#")[2]
    pk = audit_store.application_history_key(owner)
    return audit_store.row_in(pk, owner, trace=trace, data_key=bytes(row.trace_key))


def read_events(application_id: str, limit: int, after: str | None) -> list[Event]:
    """Return events of the own history of an application, newest first, from one of them on.

    Raises:
        Tampered: an entry was altered or moved.
        Unavailable, StoreUnavailable: the host does not answer.
    """
    pk = audit_store.application_history_key(application_id)
    place = {"pk": {"S": pk}, "sk": {"S": after}} if after else None
    page = rows.query(Query(TraceRow, pk, limit=limit, descending=True, after=place))
    found = (audit_store.as_row(item) for item in page.items)
    return [_event(audit_store.open_row(row, application_id)) for row in found]


def _event(trace: Trace) -> Event:
    said = (trace.reference or "").split(_APART)
    before, _, after = next((one for one in said if _ARROW in one), "").partition(_ARROW)
    about = next((one for one in said if _ARROW not in one), "")
    return Event(
        id=trace.id,
        at=clock.instant(trace.at),
        by=Author(trace.actor, trace.actor_id, trace.actor_name, trace.organisation),
        what=Happened(trace.action),
        before=State(before) if before else None,
        after=State(after) if after else None,
        about=tuple(filter(None, about.split(","))),
        reason=trace.reason,
    )
