"""The person lets an application do some things, sees what it does, and takes it back.

Her word is the last one: what she takes back wins over any rival change, and holds from the
application's next call on. Giving again is a new consent: it replaces the lines of the former one,
and its tokens are dead; devices that were connected stay so if the former one still held, and was
given by the same person: a parent's do not live by the minor's own word, nor by another parent's.
"""

from collections.abc import Collection, Sequence

from chalicelib.access import applications, gate
from chalicelib.access.applications import ApplicationRow, ConsentRow
from chalicelib.access.gate import Replayed, Unit
from chalicelib.access.model import Action
from chalicelib.access.permissions import Permission
from chalicelib.access.store import ProxyRow
from chalicelib.access.usecases import until_it_holds
from chalicelib.catalogue import store as catalogue
from chalicelib.catalogue import terms
from chalicelib.catalogue.store import CardRow
from chalicelib.catalogue.terms import Terms
from chalicelib.core import clock, rows
from chalicelib.core.errors import Conflict, Invalid, Stale
from chalicelib.core.events import EventType
from chalicelib.http.idempotency import Idempotency
from chalicelib.http.principal import Principal
from chalicelib.oauth import authorize, rules, scopes, sealed, store
from chalicelib.oauth.model import About, Asked, Code, Consent, Given
from chalicelib.oauth.store import OwnConsentRow
from chalicelib.vault import blind


def list_consents(principal: Principal, pid: str) -> list[Consent]:
    """List every consent of a record, the last change first, and what was done by each.

    Raises:
        NotFound, Unavailable.
    """
    queries = [applications.consents_of(pid), applications.uses_of(pid)]
    with gate.enter(principal, Action.CONSENT_LIST, pid, queries=queries) as unit:
        items, uses = (
            rows.all_items(query, page) for query, page in zip(queries, unit.pages, strict=True)
        )
        found = store.consents_of(unit, items, uses)
    return sorted(found, key=lambda one: (one.changed_at, one.ref), reverse=True)


def give_consent(
    principal: Principal,
    pid: str,
    request: str,
    *,
    permissions: Collection[Permission],
    months: int,
    idempotency: Idempotency | None,
) -> Given:
    """Let an application do some of what it asked for, and tell the person.

    Asked again with the same key, the same consent; the code in the address serves once anyway.

    Raises:
        Invalid: `consent-request-over`, as when another consent followed the one of this key; or
            lines that were not asked for, or none.
        Conflict: `application-suspended`, `too-many-consents`.
        NotFound, TooMany, Unavailable.
    """
    asked = authorize.opened(request)
    chosen = list(dict.fromkeys(permissions))
    try:
        return until_it_holds(lambda: _give(principal, pid, asked, chosen, months, idempotency))
    except Replayed as replayed:
        return _given_before(principal, pid, asked, replayed.reference)


def change_consent(
    principal: Principal, pid: str, ref: str, permissions: Collection[Permission], version: int
) -> Consent:
    """Take some lines of a consent back; it says what stays.

    Raises:
        Invalid: none is left (take the consent back), or one was not given.
        Conflict: `consent-over`.
        Stale: it changed since it was read.
        NotFound, Unavailable.
    """
    kept = list(dict.fromkeys(permissions))
    return until_it_holds(lambda: _change(principal, pid, ref, kept, version))


def withdraw_consent(principal: Principal, pid: str, ref: str) -> None:
    """Take a consent back, and disconnect every device; repeating is harmless (ADR 0008).

    Raises:
        NotFound, Unavailable.
    """
    until_it_holds(lambda: _withdraw(principal, pid, ref))


def _give(
    principal: Principal,
    pid: str,
    asked: Asked,
    chosen: Sequence[Permission],
    months: int,
    idempotency: Idempotency | None,
) -> Given:
    wish = _wish_of(pid, asked.application)
    queries = [applications.consents_of(pid), applications.uses_of(pid)]
    with gate.enter(
        principal,
        Action.CONSENT_GIVE,
        pid,
        wanted=[wish, *_application_wishes(asked)],
        queries=queries,
        idempotency=idempotency,
    ) as unit:
        about, words = _checked(unit, asked, chosen)
        row = store.new_consent(unit, about, words, chosen, rules.until(unit.now, months))
        former = unit.row(*wish)
        goes_on = former is not None and _is_live(unit, former, about)
        if not goes_on:
            _check_room(unit, rows.all_items(queries[0], unit.pages[0]))
        if former is None or not goes_on or former.giver != row.giver:
            unit.write(store.forget_renewals(pid, store.ref_of(row)))
        version = _follow(unit, row, former)
        unit.about(_made(row))
        unit.traced_about = said(asked.application, chosen, row, unit)
        unit.emit(EventType.CONSENT_GIVEN, store.ref_of(row), by=principal.id)
        uses = rows.all_items(queries[1], unit.pages[1])
        own = unit.entry.proxy  # who gives for a minor is who asks
        consent = store.consent_of(unit, row, about, uses, link=own, version=version)
    return Given(consent, _redirect_url(asked, pid, row))


def _given_before(principal: Principal, pid: str, asked: Asked, made: str) -> Given:
    """Answer as the first time; never with a code of a consent that was given since."""
    ref = applications.consent_ref(pid, asked.application)
    target = (ConsentRow, *applications.consent_key(pid, ref))
    uses = applications.uses_of(pid)
    with gate.enter(principal, Action.CONSENT_LIST, pid, target=target, queries=[uses]) as unit:
        row = unit.target(ConsentRow)
        if _made(row) != made:
            raise Invalid("consent-request-over")
        about = store.abouts([asked.application])[asked.application]
        used, link = rows.all_items(uses, unit.pages[0]), applications.link_of(row, pid)
        consent = store.consent_of(unit, row, about, used, link=link)
    return Given(consent, _redirect_url(asked, pid, row))


def _made(row: ConsentRow) -> str:
    """Name one consent, and not the next one for the same application."""
    return f"{store.ref_of(row)}.{int(row.generation)}"


def _checked(unit: Unit, asked: Asked, chosen: Sequence[Permission]) -> tuple[About, Terms]:
    """Check what was asked again, now that it is answered: half an hour may have changed it.

    Return who asks, and the words that she read.

    Raises:
        Invalid, Conflict: as `give_consent`.
        Tampered: the card of the application is not as the product wrote it.
    """
    gate_wish, card_wish = _application_wishes(asked)
    row, card = unit.row(*gate_wish), unit.row(*card_wish)
    if row is None or card is None or sealed.has_ended(asked, unit.now):
        raise Invalid("consent-request-over")
    if row.status != applications.ONLINE:
        raise Conflict("application-suspended")
    if not authorize.may_return(asked.redirect_uri, row.redirect_uris):
        raise Invalid("consent-request-over")
    lines = scopes.read(asked.scope).permissions
    rules.check_given(chosen, [one for one in lines if one in row.permissions])
    words = terms.of(catalogue.draft_of(card.draft))
    read = {terms.version_in_force(row.terms, lines), terms.version(terms.digests(words), lines)}
    if read != {asked.terms}:
        raise Invalid("consent-request-over")
    return store.about(row), words


def _check_room(unit: Unit, items: list[rows.Item]) -> None:
    """Check that one more consent may hold in this record.

    Raises:
        Conflict: `too-many-consents`.
    """
    held = [one for one in items if one.get("status", {}).get("S") == applications.GIVEN]
    live = [one for one in held if clock.iso(unit.now) < one["valid_until"]["S"]]
    if len(live) >= rules.MAX_CONSENTS:
        raise Conflict("too-many-consents", limit=rules.MAX_CONSENTS)


def _follow(unit: Unit, row: OwnConsentRow, former: OwnConsentRow | None) -> int:
    """Write a consent after the former one, of a later generation; return its version.

    Over an altered row, whatever its version, and above all of ours.
    """
    if former is not None and former.is_altered:
        row.version = row.generation
        unit.write(rows.replace(row))
        return int(row.version) + 1
    if former is not None:
        row.generation = max(int(row.generation), int(former.generation) + 1)
        rows.at_version(row, former.version)
    unit.put(row)
    return int(row.version or 0) + 1


def _change(
    principal: Principal, pid: str, ref: str, kept: Sequence[Permission], version: int
) -> Consent:
    wish = (ConsentRow, *applications.consent_key(pid, ref))
    uses = applications.uses_of(pid)
    with gate.enter(
        principal, Action.CONSENT_CHANGE, pid, target=wish, queries=[uses], about=ref
    ) as unit:
        row = unit.target(ConsentRow)
        if row.version != version:
            raise Stale
        link = applications.link_of(row, pid)
        application = store.application_of(unit, row)
        about = store.asking(unit, {application: row})[application]
        check_live(unit, row, link, about)
        off = applications.unanswered(row, pid, about.terms, unit.now)
        rules.check_kept(kept, applications.permissions_of(row, pid) - off)
        row.permissions = applications.permission_tokens(pid, kept)
        row.changed_at = clock.iso(unit.now)
        unit.put(row)
        unit.traced_about = said(application, kept, row, unit)
        used = rows.all_items(uses, unit.pages[0])
        return store.consent_of(unit, row, about, used, link=link, version=version + 1)


def check_live(unit: Unit, row: ConsentRow, link: ProxyRow | None, about: About) -> None:
    """Check that a consent still holds, for some line at least.

    Raises:
        Conflict: `consent-over`.
    """
    holds = applications.is_live(row, unit.entry.settings, link, unit.now)
    if not holds or not applications.is_answered(row, unit.pid, about.terms, unit.now):
        raise Conflict("consent-over")


def _withdraw(principal: Principal, pid: str, ref: str) -> None:
    wish = (OwnConsentRow, *applications.consent_key(pid, ref))
    with gate.enter(principal, Action.CONSENT_WITHDRAW, pid, target=wish, about=ref) as unit:
        row = unit.target(OwnConsentRow)
        if row.is_altered:
            unit.write(rows.forget(row))  # it says nothing, and lets nobody in
        else:
            unit.traced_about = store.application_of(unit, row)
        if not row.is_altered and row.status == applications.GIVEN:
            row.status = applications.WITHDRAWN
            row.changed_at = clock.iso(unit.now)
            unit.put(row)
        unit.write(store.forget_renewals(pid, ref))


def _redirect_url(asked: Asked, pid: str, row: ConsentRow) -> str:
    """Return where the browser brings the application its code: one for each consent and request.

    Written again for an answer that was lost, it is the same code, and ends no later.
    """
    code = Code(
        id=blind.blind("code-id", f"{asked.id}|{row.generation}"),
        pid=pid,
        generation=int(row.generation),
        redirect_uri=asked.redirect_uri,
        challenge=asked.challenge,
        scope=asked.scope,
        ends=clock.epoch(clock.instant(row.given_at) + rules.CODE_LIFE),
    )
    return authorize.answer(asked, code=sealed.seal_code(code, asked.application))


def said(application: str, permissions: Collection[Permission], row: ConsentRow, unit: Unit) -> str:
    """Write what the person's history alone is told: to whom, until when, and what."""
    ends_at = applications.ends_at(row, unit.entry.settings)
    return " ".join([application, ends_at, *_in_order(permissions)])


def _is_live(unit: Unit, row: OwnConsentRow, about: About) -> bool:
    if row.is_altered or not applications.is_answered(row, unit.pid, about.terms, unit.now):
        return False
    link = applications.link_of(row, unit.pid)
    return applications.is_live(row, unit.entry.settings, link, unit.now)


def _in_order(permissions: Collection[Permission]) -> list[Permission]:
    return [one for one in Permission if one in permissions]


def _wish_of(pid: str, application_id: str) -> tuple[type[OwnConsentRow], str, str]:
    ref = applications.consent_ref(pid, application_id)
    return (OwnConsentRow, *applications.consent_key(pid, ref))


def _application_wishes(
    asked: Asked,
) -> tuple[tuple[type[ApplicationRow], str, str], tuple[type[CardRow], str, str]]:
    """Return what to read of an application: the row that decides, and the words on its card."""
    return (
        (ApplicationRow, *applications.application_key(asked.application)),
        (CardRow, *catalogue.card_key(asked.application)),
    )
