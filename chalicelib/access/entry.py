"""Entering a record: what is read, in one request, before anything is decided.

Whoever asks and whatever is asked for, the same request is made, so that its cost and time tell
nothing about what exists (A36).
"""

import hashlib
import hmac
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from chalicelib.access import applications, boxes, store, tokens
from chalicelib.access.applications import ApplicationRow, ConsentRow
from chalicelib.access.model import Facts
from chalicelib.access.permissions import Permission
from chalicelib.access.store import (
    ACTIVE,
    SUSPENDED,
    AccountRow,
    ClientRow,
    CoverageRow,
    FeedsRow,
    GrantRow,
    IdempotencyRow,
    InvitationRow,
    ProxyRow,
    SessionRow,
    SettingsRow,
    idempotency_key,
)
from chalicelib.audit.store import TRACE_KIND, subject_of_trace
from chalicelib.core import clock, ids, parallel, rows
from chalicelib.core.errors import Forbidden, Unauthenticated
from chalicelib.core.rows import Item, Page, Query, Row
from chalicelib.http.idempotency import Idempotency
from chalicelib.http.principal import ActorKind, Principal
from chalicelib.vault import blind, envelope
from chalicelib.vault.envelope import WrappedKey
from chalicelib.vault.errors import Tampered

Wanted = tuple[type[Row], str, str]
Session = SessionRow | ClientRow | ApplicationRow | FeedsRow
R = TypeVar("R", bound=Row)


@dataclass(slots=True)
class Entry:
    """What was read on entering: the actor, the space, and the rows asked for."""

    principal: Principal
    pid: str
    session: Session
    found: dict[Wanted, Row]
    altered: frozenset[Wanted] = frozenset()
    target_wish: Wanted | None = None
    idempotency: Idempotency | None = None
    pages: list[Page] = field(default_factory=list)
    permission: Permission | None = None  # what the use case takes of an application
    giver_link: ProxyRow | None = None  # of who gave, for a minor, the consent it acts by
    is_first: bool = False  # of a process that knew no key before

    def row(self, model: type[R], pk: str, sk: str) -> R | None:
        """Return a row that was asked for, or None if it does not exist.

        Raises:
            Tampered: it is not as the product wrote it.
        """
        if (model, pk, sk) in self.altered:
            raise Tampered("a row beside")
        row = self.found.get((model, pk, sk))
        return row if isinstance(row, model) else None

    @property
    def settings(self) -> SettingsRow | None:
        """The space, if it was ever opened."""
        return self.row(SettingsRow, *store.settings_key(self.pid))

    @property
    def grant(self) -> GrantRow | None:
        """The authorisation of the professional who asks, whatever its state."""
        if self.principal.kind is not ActorKind.PROFESSIONAL:
            return None
        return self.row(GrantRow, *store.grant_key(self.pid, self.principal.id))

    @property
    def consent(self) -> ConsentRow | None:
        """What the person lets the application do that asks, whatever its state."""
        if self.principal.kind is not ActorKind.APPLICATION:
            return None
        return self.row(*_consent_wish(self.pid, self.principal))

    @property
    def proxy(self) -> ProxyRow | None:
        """The link of the person who asks with this record, if there is one."""
        if self.principal.kind is not ActorKind.PERSON:
            return None
        return self.row(ProxyRow, *store.proxy_key(self.pid, self.principal.id))

    @property
    def own_pid(self) -> str | None:
        """The record of the person who asks, which is this one or another."""
        account = self.row(*account_wish(self.principal))
        return account.pid if isinstance(account, AccountRow) else None

    @property
    def replay(self) -> IdempotencyRow | None:
        """What this idempotency key already did."""
        if self.idempotency is None:
            return None
        return self.row(IdempotencyRow, *idempotency_key(self.idempotency))

    @property
    def boxes(self) -> tuple[str, ...]:
        """The mailboxes that the actor reads as a professional or an organisation."""
        return boxes.of(self.principal, getattr(self.session, "organisation_id", None))

    def depositor_token(self) -> str:
        """Return what marks a row of this record as deposited by this actor."""
        return depositor_token(self.pid, self.principal)

    def facts(self, now: datetime) -> Facts:
        """Return what the policy decides from."""
        proxy = self.proxy
        target = self.found.get(self.target_wish) if self.target_wish else None
        owner = getattr(target, "depositor", None)
        mine = self.depositor_token() if self.target_wish else None
        return Facts(
            actor=self.principal.kind,
            space_open=self.settings is not None and self.settings.status == "open",
            holds_record=proxy is not None and proxy.relation == "self",
            represents_holder=store.represents(proxy, self.settings, now),
            covers_holder=isinstance(target, CoverageRow) and self.own_pid in target.subscribers,
            invited_to_represent=isinstance(target, InvitationRow)
            and self.own_pid == target.invitee,
            grant_active=self.grant is not None
            and store.grant_of(self.grant, self.settings).is_active(now),
            target_wanted=self.target_wish is not None,
            target_exists=target is not None,
            target_deposited_by_actor=owner is not None and owner == mine,
            link_live=_is_linked(self.principal, self.session),
            takes_part=boxes.holds(getattr(target, "box", None), self.pid, self.boxes),
            permissions=self._permissions(now),
            permission=self.permission,
        )

    def _permissions(self, now: datetime) -> frozenset[Permission]:
        """Return what the application may do now: the token is of the last consent, or of none."""
        row = self.consent
        if row is None or row.generation != self.principal.generation:
            return frozenset()
        if not applications.is_live(row, self.settings, self.giver_link, now):
            return frozenset()
        # Nor what this device did not ask for, the application may no longer ask anybody for, or
        # it would now do under other terms than she agreed to (R-SVC-04).
        application = self.session
        if not isinstance(application, ApplicationRow):
            return frozenset()
        asked = self.principal.permissions.intersection(application.permissions)
        return applications.acting(row, self.pid, application.terms) & asked


def _is_deposited(row: Row | None, pid: str, principal: Principal) -> bool:
    return getattr(row, "depositor", None) == depositor_token(pid, principal)


def depositor_token(pid: str, principal: Principal) -> str:
    """Return the keyed hash that marks an actor's deposits, unlinkable between records."""
    return blind.blind("depositor", f"{pid}|{principal.kind}|{principal.id}")


def resolve(principal: Principal, subject: str) -> str:
    """Return the patient id behind a path: itself, or what a handle or an application's name is.

    What is not this organisation's or application's, or has ended, becomes an id that does not
    exist, so that it is refused, and traced, exactly like any other unknown record.
    """
    known = subject if ids.is_id(subject) else None
    if principal.kind is ActorKind.ORGANISATION:
        known = tokens.open_handle(subject, principal.id, clock.now())
    if principal.kind is ActorKind.APPLICATION:
        is_own = subject == principal.patient  # and not of another token (A11)
        known = tokens.open_patient_name(subject, principal.id) if is_own else None
    return known or ids.new_secret_id()


def load(  # noqa: PLR0913  keyword-only
    principal: Principal,
    pid: str,
    *,
    target: Wanted | None,
    wanted: Sequence[Wanted],
    queries: Sequence[Query],
    idempotency: Idempotency | None,
    instead: Wanted | None = None,
    known: Session | None = None,
) -> Entry:
    """Read everything one action needs, the queries beside the rows.

    What is `wanted` decides nothing: altered, it stops only who asks for it. `instead` and `known`
    are as the gate has them.

    Raises:
        Tampered: a row that decides, or the target, is not as the product wrote it.
        Unauthenticated: the session or the client was ended.
        StoreUnavailable: the store did not answer.
    """
    if idempotency:
        idempotency = _bound(idempotency, pid)
    deciding = _deciding(principal, pid)
    asked, beside = [*deciding, *wanted], {*wanted}.difference(deciding)
    asked += [wish for wish in (target, instead) if wish]
    asked += [(IdempotencyRow, *idempotency_key(idempotency))] if idempotency else []
    is_first = not blind.is_known()
    with parallel.none_outlives() as reading:
        reading += [parallel.start(rows.query, query) for query in queries]
        items = fetch_raw(asked, lambda items: _read_keys_ahead(principal, pid, items))
        read = [(wish, _read(wish, item, beside)) for wish, item in zip(asked, items, strict=True)]
        found = {wish: row for wish, row in read if isinstance(row, Row)}
        entry = Entry(
            principal=principal,
            pid=pid,
            session=_session(principal, [found.get(wish) for wish in asked], known),
            found=found,
            altered=frozenset(wish for wish, row in read if row is None),
            target_wish=target,
            idempotency=idempotency,
            is_first=is_first,
        )
        if instead and target not in found and _is_deposited(found.get(instead), pid, principal):
            entry.target_wish = instead
        entry.giver_link = applications.link_of(entry.consent, pid)
        entry.pages = [page.result() for page in reading]
    return entry


def load_own(principal: Principal, queries: Sequence[Query] = ()) -> Entry:
    """Read what names the caller, and no record: its id is one that nobody has.

    Raises:
        Unauthenticated, Forbidden: as `live`.
        Tampered, StoreUnavailable, Unavailable: as `fetch`.
    """
    if principal.kind is ActorKind.ORGANISATION:
        asked: list[Wanted] = [(ClientRow, *store.client_key(principal.session))]
    else:
        session = (SessionRow, *store.session_key(principal.session))
        asked = [session, account_wish(principal)]
    with parallel.none_outlives() as reading:
        reading += [parallel.start(rows.query, query) for query in queries]
        entry = Entry(principal, ids.new_secret_id(), live(principal, fetch(asked)), {})
        entry.pages = [page.result() for page in reading]
    return entry


def load_altered(principal: Principal, pid: str, target: Wanted | None) -> Entry | None:
    """Read again what names the caller and the space, after a row that decides did not verify.

    None if it is one of these two or the caller's account: nobody to name, or no key to write the
    attempt with; or if it is neither the target nor what gives a right: a list leaves that one out,
    and goes on.

    Raises:
        Unauthenticated, StoreUnavailable: as `load`.
    """
    asked = [*_deciding(principal, pid), *([target] if target else [])]
    found = [_intact(wish, item) for wish, item in zip(asked, rows.fetch_raw(asked), strict=True)]
    altered = {wish[0] for wish, row in zip(asked, found, strict=True) if row is None}
    actor, space = found[:2]
    if not isinstance(space, SettingsRow) or not isinstance(actor, Row):
        return None
    if not altered or AccountRow in altered:
        return None
    known = [row if isinstance(row, Row) else None for row in found]
    return Entry(principal, pid, live(principal, known), {asked[1]: space})


def _read(wish: Wanted, item: Item | None, beside: Container[Wanted]) -> Row | bool | None:
    """Return a row, False if there is none, None if it decides nothing and does not verify."""
    row = _intact(wish, item)
    if row is None and wish not in beside:
        raise Tampered("a row that decides")
    return row


def _intact(wish: Wanted, item: Item | None) -> Row | bool | None:
    """Return a row, False if there is none, None if it does not verify."""
    try:
        return wish[0].from_raw_data(item) if item else False
    except Tampered:
        return None


def fetch(asked: Sequence[Wanted]) -> list[Row | None]:
    """Read rows; in a new process, with them, the secret that their keyed hashes need.

    Raises:
        StoreUnavailable, Unavailable: a part of the host did not answer.
        Tampered: a row that decides rights is not one of ours.
    """
    return rows.read_as(asked, fetch_raw(asked))


def fetch_raw(
    asked: Sequence[Wanted], meanwhile: Callable[[Sequence[Item | None]], object] = len
) -> list[Item | None]:
    """Read rows as `fetch` does, raw.

    `meanwhile` gets the rows while the secret is unwrapped, in a new process only.

    Raises:
        StoreUnavailable, Unavailable: a part of the host did not answer.
    """
    if blind.is_known():
        return rows.fetch_raw(asked)
    *items, secret = rows.fetch_raw([*asked, blind.WANTED])
    with parallel.none_outlives() as beside:
        beside.append(parallel.start(meanwhile, items))
        blind.learn(secret)
        beside[0].result()
    return items


def _read_keys_ahead(principal: Principal, pid: str, deciding: Sequence[Item | None]) -> None:
    """Read the branch keys of whatever may come next, before it is known what will (A36).

    Two keys, whether there is such a record (its history's and its own) or not (the actor's, and
    one that does not exist). None is unwrapped before the decision.
    """
    actor, space = deciding[:2]
    row = space or actor
    if row is None:
        return
    trace_key = row["trace_key"]["B"]
    record_key = row["record_key"]["B"] if space else trace_key
    owner = pid if space else principal.id
    envelope.read_ahead(
        [
            WrappedKey(subject_of_trace(owner), TRACE_KIND, trace_key),
            WrappedKey(store.subject_of_record(pid), store.RECORD_KIND, record_key),
        ]
    )


def _bound(idempotency: Idempotency, pid: str) -> Idempotency:
    """Make the patient a part of the request a key stands for, whatever the path called her."""
    text = f"{pid}\n{idempotency.request_hash}"
    return replace(idempotency, request_hash=hashlib.sha256(text.encode()).hexdigest())


def _deciding(principal: Principal, pid: str) -> list[Wanted]:
    """List the rows that decide; the actor's own first, then the space."""
    settings: Wanted = (SettingsRow, *store.settings_key(pid))
    if principal.kind is ActorKind.ORGANISATION:
        return [(ClientRow, *store.client_key(principal.session)), settings]
    if principal.kind is ActorKind.APPLICATION:
        application = (ApplicationRow, *applications.application_key(principal.id))
        return [application, settings, _consent_wish(pid, principal)]
    if principal.kind is ActorKind.CALENDAR:
        return [(FeedsRow, *store.feeds_key(pid)), settings]
    session: Wanted = (SessionRow, *store.session_key(principal.session))
    account = account_wish(principal)
    if principal.kind is ActorKind.PERSON:
        return [session, settings, account, (ProxyRow, *store.proxy_key(pid, principal.id))]
    return [session, settings, account, (GrantRow, *store.grant_key(pid, principal.id))]


def _consent_wish(pid: str, principal: Principal) -> tuple[type[ConsentRow], str, str]:
    ref = applications.consent_ref(pid, principal.id)
    return (ConsentRow, *applications.consent_key(pid, ref))


def account_wish(principal: Principal) -> Wanted:
    """Return what to read to know whether a person or professional is suspended."""
    return (AccountRow, *store.account_key(principal.account or principal.id))


def _session(principal: Principal, found: Sequence[Row | None], known: Session | None) -> Session:
    """Return the session; of one that is known, only its account must still be able to act."""
    if not isinstance(known, SessionRow):
        return live(principal, found)
    check_account(known, next((one for one in found if isinstance(one, AccountRow)), None))
    return known


def live(principal: Principal, found: Sequence[Row | None]) -> Session:
    """Return the session, first of the rows found, if nothing ended it since the token was signed.

    Its account is among the others: ending and suspending are immediate.

    Raises:
        Unauthenticated: the session or the client was ended, or is another actor's.
        Forbidden: the account is suspended, or the application is not online.
    """
    row = found[0]
    if isinstance(row, ApplicationRow):
        if row.status != applications.ONLINE:
            raise Forbidden("application-suspended")
        return row
    if isinstance(row, SessionRow):
        actor = row.rpps if principal.kind is ActorKind.PROFESSIONAL else row.uid
        alive = row.actor == principal.kind and clock.iso(clock.now()) < row.expires_at
        if alive and actor == principal.id:
            check_account(row, next((one for one in found if isinstance(one, AccountRow)), None))
            return row
    elif (
        isinstance(row, ClientRow)
        and row.status == ACTIVE
        and row.organisation_id == principal.id
        and store.generation_of(row) == principal.generation
    ) or isinstance(row, FeedsRow):
        return row
    raise Unauthenticated("session-ended")


def _is_linked(principal: Principal, row: Session) -> bool:
    """Tell whether a calendar brings the secret of a link that was not cut."""
    if not isinstance(row, FeedsRow):
        return False
    proofs = {feed["id"]: str(feed.get("proof", "")) for feed in row.feeds}
    return hmac.compare_digest(proofs.get(principal.id, ""), principal.session)


def check_account(session: SessionRow, account: AccountRow | None) -> None:
    """Check that a session's account may act, and was never suspended since the session began.

    Raises:
        Unauthenticated: there is no such account, or it was suspended and resumed since.
        Forbidden: it is suspended.
    """
    if account is None or account.pk != store.account_key(session.uid)[0]:
        raise Unauthenticated("session-ended")
    if account.status == SUSPENDED:
        raise Forbidden("account-suspended")
    is_former = store.generation_of(session) != store.generation_of(account)
    if account.status != ACTIVE or is_former:
        raise Unauthenticated("session-ended")
