"""How often an actor may ask: nobody goes through the country or floods a person (A37, A44).

What is deposited is counted in bytes too, in the same row and call (ADR 0038).

Each budget is counted per actor and civil hour or day, in UTC; a count is forgotten two days later.
A store that does not count answers 503: nothing that has a budget is done uncounted, but what all
the persons of an application share, which is counted beside what is written. What people do in
their own space, and professionals in that of a person who let them in, never waits for a budget
of refusals: somebody can always take a key back.
"""

from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from chalicelib.access import store
from chalicelib.access.entry import Entry, depositor_token
from chalicelib.access.model import Action, Right
from chalicelib.access.store import RateRow
from chalicelib.core import clock, log, parallel, rows
from chalicelib.core.errors import TooMany
from chalicelib.http.principal import ActorKind, Principal

_KEPT: Final = timedelta(days=2)
_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_GIB: Final = 1024**3


@dataclass(frozen=True, slots=True)
class Budget:
    """How many times each kind of actor may do something in an hour or a day.

    `most_bytes` is how much that may bring, for the kinds it names. `problem` is the page that says
    what to do when it is spent.
    """

    what: str
    limits: Mapping[ActorKind, int]
    period: timedelta = _HOUR
    problem: str = "too-many"
    most_bytes: Mapping[ActorKind, int] = field(default_factory=dict)

    def since(self, now: datetime) -> datetime:
        """Return when the current hour or day began."""
        hour = now.replace(minute=0, second=0, microsecond=0)
        return hour if self.period == _HOUR else hour.replace(hour=0)


# P: a practice sees some thirty patients a day; a laboratory sends its results in one evening.
LOOKUPS: Final = Budget("lookup", {ActorKind.PROFESSIONAL: 60, ActorKind.ORGANISATION: 5_000})
SEARCHES: Final = Budget("search", {ActorKind.PERSON: 60, ActorKind.PROFESSIONAL: 120})
# P: a hospital's software deposits for all its wards; a person may bring years of papers at once.
DEPOSITS: Final = Budget(
    "deposit",
    {
        ActorKind.PERSON: 200,
        ActorKind.PROFESSIONAL: 300,
        ActorKind.ORGANISATION: 20_000,
        ActorKind.APPLICATION: 50_000,  # P: of all the persons who connected it
    },
    problem="too-many-deposits",
    # P: two hundred photographed papers of 5 MB; a hospital's imaging of one hour.
    most_bytes={
        ActorKind.PERSON: 1 * _GIB,
        ActorKind.PROFESSIONAL: 1 * _GIB,
        ActorKind.ORGANISATION: 40 * _GIB,
    },
)
# P: ten results of a laboratory, a thick file a hospital takes in, thirty pieces of one stay.
DEPOSITS_IN_ONE_RECORD: Final = Budget(
    "deposit-here",
    {
        ActorKind.PERSON: 400,
        ActorKind.PROFESSIONAL: 60,
        ActorKind.ORGANISATION: 400,
        ActorKind.APPLICATION: 60,
    },
    period=_DAY,
    problem="too-many-deposits-here",
    # P: years of papers in a few evenings; one stay with its imaging.
    most_bytes={
        ActorKind.PERSON: 1 * _GIB,
        ActorKind.PROFESSIONAL: _GIB // 2,
        ActorKind.ORGANISATION: 1 * _GIB,
        ActorKind.APPLICATION: _GIB // 8,
    },
)
# As many documents of 25 MiB, seven parts each; a part that was cut is sent again.
PARTS: Final = replace(
    DEPOSITS,
    what="part",
    limits={
        ActorKind.PERSON: 1_400,
        ActorKind.PROFESSIONAL: 2_100,
        ActorKind.ORGANISATION: 140_000,
    },
    # What may be announced, every part sent twice.
    most_bytes={kind: 2 * most for kind, most in DEPOSITS.most_bytes.items()},
)
PARTS_IN_ONE_RECORD: Final = replace(
    DEPOSITS_IN_ONE_RECORD,
    what="part-here",
    limits={
        ActorKind.PERSON: 2_800,
        ActorKind.PROFESSIONAL: 420,
        ActorKind.ORGANISATION: 2_800,
    },
    most_bytes={kind: 2 * most for kind, most in DEPOSITS_IN_ONE_RECORD.most_bytes.items()},
)
# P: thirty sessions of one treatment, each moved once.
APPOINTMENTS_IN_ONE_RECORD: Final = replace(
    DEPOSITS_IN_ONE_RECORD,
    what="appointment-here",
    limits={
        ActorKind.PERSON: 400,
        ActorKind.PROFESSIONAL: 60,
        ActorKind.ORGANISATION: 60,
        ActorKind.APPLICATION: 60,
    },
)
# P: a notebook of paper copied on one day; what a scale kept for three years, when it is connected.
MEASURES_IN_ONE_RECORD: Final = replace(
    DEPOSITS_IN_ONE_RECORD,
    what="measure-here",
    limits={ActorKind.PERSON: 400, ActorKind.APPLICATION: 1_000},
)
# P: a handful of stale links; for an organisation, lookups of closed spaces and of wrong traits.
REFUSALS: Final = Budget(
    "refusal",
    {
        ActorKind.PERSON: 100,
        ActorKind.PROFESSIONAL: 100,
        ActorKind.ORGANISATION: 2_000,
        ActorKind.CALENDAR: 100,
        ActorKind.APPLICATION: 20_000,  # P: of consents that ended, and calls that go on
        ActorKind.PUBLISHER: 100,
        ActorKind.OPERATOR: 100,
    },
    problem="too-many-refusals",
)
# P: what a program asks for by mistake in one evening; more would only fill her history.
REFUSALS_IN_ONE_RECORD: Final = replace(
    REFUSALS, what="refusal-here", limits={ActorKind.APPLICATION: 100}
)
# P: a token lasts ten minutes; sixty machines that each ask for one need 360.
TOKENS: Final = Budget("token", {ActorKind.ORGANISATION: 1_200})
# P: of one consent; five devices that renew every ten minutes ask thirty times, and retry.
TOKENS_OF_ONE_CONSENT: Final = Budget("token-here", {ActorKind.APPLICATION: 120})
# P: each is told to the person by mail.
CONSENTS: Final = Budget("consent", {ActorKind.PERSON: 60}, period=_DAY)
# P: a family invites one or two people, and mistypes some; nobody goes through names this way.
INVITATIONS: Final = Budget("invite", {ActorKind.PERSON: 10}, period=_DAY)
# P: the phones and computers of a household that share a link ask four times an hour each.
FEED_READS: Final = Budget("feed", {ActorKind.CALENDAR: 60})

# P: what is registered stands in the catalogue, which is read whole: by establishment.
REGISTRATIONS: Final = Budget("register", {ActorKind.PUBLISHER: 20}, period=_DAY)

# P: a busy secretary answers one message a minute; nobody writes faster by hand.
MESSAGES: Final = Budget(
    "message",
    {ActorKind.PERSON: 60, ActorKind.PROFESSIONAL: 300, ActorKind.ORGANISATION: 20_000},
    problem="too-many-messages",
)
# P: a long exchange of one day, by hand or by software.
MESSAGES_IN_ONE_RECORD: Final = Budget(
    "message-here",
    {ActorKind.PERSON: 200, ActorKind.PROFESSIONAL: 100, ActorKind.ORGANISATION: 100},
    period=_DAY,
    problem="too-many-messages",
)
# P: a conversation for each question of a day; more is a campaign, not care.
CONVERSATIONS_IN_ONE_RECORD: Final = replace(
    DEPOSITS_IN_ONE_RECORD,
    what="conversation-here",
    limits={ActorKind.PROFESSIONAL: 10, ActorKind.ORGANISATION: 10},
    problem="too-many-conversations",
)

# What is counted of an actor alone, wherever she does it.
_OF_ACTOR: Final = {
    Action.PATIENT_LOOKUP: LOOKUPS,
    Action.FEED_READ: FEED_READS,
    Action.REPRESENTATIVE_INVITE: INVITATIONS,
    Action.CONSENT_GIVE: CONSENTS,
}
# A document in one request or announced draws on one count; its content that follows, on another.
_DOCUMENTS: Final = {
    Action.DOCUMENT_ADD: "add",
    Action.DOCUMENT_ANNOUNCE: "add",
    Action.DOCUMENT_UPLOAD: "upload",
    Action.DOCUMENT_COMPLETE: "upload",
}
# What the other side, and the history, would be filled with.
_WRITTEN: Final = (Action.MESSAGE_SEND, Action.CONVERSATION_CLOSE, Action.CONVERSATION_REOPEN)
_ANSWERED: Final = (Action.INVITATION_ACCEPT, Action.INVITATION_REFUSE)
_APPOINTMENTS: Final = (Action.APPOINTMENT_ADD, Action.APPOINTMENT_CHANGE)
# Hers, given by her, or about what one deposited oneself: nothing is tried there.
_TRUSTED: Final = (
    Right.SELF,
    Right.REPRESENTATIVE,
    Right.AUTHORISATION,
    Right.LINK,
    Right.DEPOSITOR,
    Right.CONSENT,
)


def start(
    principal: Principal, action: Action, pid: str, now: datetime, size: int = 0
) -> list[Future[None]]:
    """Count an action beside what follows, in each budget it draws on; each raises as `spend`.

    Who may never be allowed it has no budget of it: the refusal is counted, as any other.
    """
    drawn = [one for one in _limited(principal, action, pid) if not _is_shared(one[0], principal)]
    return [parallel.start(spend, budget, principal.kind, who, now, size) for budget, who in drawn]


def start_shared(
    principal: Principal, action: Action, pid: str, now: datetime
) -> list[Future[None]]:
    """Count, beside what is written, what an application did in what all its persons share.

    What is refused is not counted there: one of them alone could stop it for the others.
    """
    drawn = [one for one in _limited(principal, action, pid) if _is_shared(one[0], principal)]
    return [parallel.start(_note, budget, principal.kind, who, now) for budget, who in drawn]


def start_refusal(principal: Principal, pid: str, now: datetime) -> list[Future[None]]:
    """Count, beside its trace, one refused request of an actor; each raises StoreUnavailable."""
    drawn = [(REFUSALS, principal.id), *_refused_here(principal, pid)]
    return [parallel.start(_note, budget, principal.kind, who, now) for budget, who in drawn]


def _limited(principal: Principal, action: Action, pid: str) -> list[tuple[Budget, str]]:
    return [one for one in _drawn(principal, action, pid) if principal.kind in one[0].limits]


def _is_shared(budget: Budget, principal: Principal) -> bool:
    """Tell whether a budget is of all the persons who connected an application, together."""
    return principal.kind is ActorKind.APPLICATION and budget is DEPOSITS


def _refused_here(principal: Principal, pid: str) -> list[tuple[Budget, str]]:
    if principal.kind not in REFUSALS_IN_ONE_RECORD.limits:
        return []
    return [(REFUSALS_IN_ONE_RECORD, depositor_token(pid, principal))]


def _drawn(principal: Principal, action: Action, pid: str) -> list[tuple[Budget, str]]:
    """Return the budgets of an action, and under whose name each counts it.

    The announcement of a document and its content are counted apart, so that each may be tried
    again. The record is named by the depositor's own token for it: no count tells who is whose.
    What a person changes in her own agenda is not counted: nobody is told of it.
    """
    if action in _OF_ACTOR:
        budget = _OF_ACTOR[action]
        return [(budget, principal.id)] if principal.kind in budget.limits else []
    if action in _DOCUMENTS:
        here, step = depositor_token(pid, principal), _DOCUMENTS[action]
        return [(DEPOSITS, f"{principal.id}.{step}"), (DEPOSITS_IN_ONE_RECORD, f"{here}.{step}")]
    if action is Action.DOCUMENT_PART:
        here = depositor_token(pid, principal)
        return [(PARTS, principal.id), (PARTS_IN_ONE_RECORD, here)]
    is_own_change = action is Action.APPOINTMENT_CHANGE and principal.kind is ActorKind.PERSON
    if action in _APPOINTMENTS and not is_own_change:
        here = depositor_token(pid, principal)
        return [(DEPOSITS, f"{principal.id}.appointment"), (APPOINTMENTS_IN_ONE_RECORD, here)]
    if action is Action.MEASURE_ADD and principal.kind in MEASURES_IN_ONE_RECORD.limits:
        return [(MEASURES_IN_ONE_RECORD, depositor_token(pid, principal))]
    return _drawn_by_messages(principal, action, pid)


def _drawn_by_messages(principal: Principal, action: Action, pid: str) -> list[tuple[Budget, str]]:
    """Return the budgets of what is written to somebody; persons open no conversation."""
    if action in _WRITTEN:
        here = depositor_token(pid, principal)
        return [(MESSAGES, principal.id), (MESSAGES_IN_ONE_RECORD, here)]
    if action in _ANSWERED:
        return [(MESSAGES, f"{principal.id}.invitation")]
    if action is Action.ATTACHMENT_ADD:
        return [(DEPOSITS, f"{principal.id}.attachment")]
    is_opening = action is Action.CONVERSATION_OPEN
    if is_opening and principal.kind in CONVERSATIONS_IN_ONE_RECORD.limits:
        here = depositor_token(pid, principal)
        return [(MESSAGES, principal.id), (CONVERSATIONS_IN_ONE_RECORD, here)]
    return []


def spend(budget: Budget, kind: ActorKind, who: str, now: datetime, size: int = 0) -> None:
    """Count one request, of so many bytes; those whose kind has no limit are not expected here.

    Raises:
        TooMany: the budget is spent; `Retry-After` says when the next hour or day begins.
        StoreUnavailable: the store did not answer.
    """
    limit, most = budget.limits[kind], budget.most_bytes.get(kind)
    if most is None or not size:
        spent, brought = _count(budget, who, now), 0
    else:
        spent, brought = _count_bytes(budget, who, now, size)
    over_bytes = brought - most if most else 0
    if spent == limit + 1 or 0 < over_bytes <= size:
        _tell(budget, kind, who)
    if spent > limit or over_bytes > 0:
        raise _too_many(budget, now)


def _note(budget: Budget, kind: ActorKind, who: str, now: datetime) -> None:
    """Count what is over already; the next request is stopped. Raises StoreUnavailable."""
    if _count(budget, who, now) == budget.limits[kind]:
        _tell(budget, kind, who)


def wishes(
    principal: Principal, action: Action, pid: str, now: datetime
) -> list[tuple[type[RateRow], str, str]]:
    """Return the counts to read on entering: they are checked once it is decided."""
    shared = [one for one in _limited(principal, action, pid) if _is_shared(one[0], principal)]
    drawn = [(REFUSALS, principal.id), *_refused_here(principal, pid), *shared]
    return [(RateRow, *_key(budget, who, now)) for budget, who in drawn]


def check_refusals(entry: Entry, right: Right, now: datetime) -> None:
    """Stop an actor who was refused too often, but where somebody's own word lets her in.

    Raises:
        TooMany: until the hour ends.
    """
    if right not in _TRUSTED:
        _check(entry, REFUSALS, entry.principal.id, now)


def check_refusals_here(entry: Entry, now: datetime) -> None:
    """Stop an application that is refused once more in a record where it often was.

    Raises:
        TooMany: until the hour ends.
    """
    for budget, who in _refused_here(entry.principal, entry.pid):
        _check(entry, budget, who, now)


def check_shared(entry: Entry, action: Action, now: datetime) -> None:
    """Stop an application that was allowed very much: those who ask at once may still pass.

    Raises:
        TooMany: until the hour ends.
    """
    for budget, who in _limited(entry.principal, action, entry.pid):
        if _is_shared(budget, entry.principal):
            _check(entry, budget, who, now)


def _check(entry: Entry, budget: Budget, who: str, now: datetime) -> None:
    row = entry.row(RateRow, *_key(budget, who, now))
    if row and int(row.count_) >= budget.limits[entry.principal.kind]:
        raise _too_many(budget, now)


def _tell(budget: Budget, kind: ActorKind, who: str) -> None:
    """Ring the operator; organisations are named, by numbers that are public: FINESS or client."""
    named = {"client": who} if kind is ActorKind.ORGANISATION else {}
    log.write("overuse", action=budget.what, code=kind, **named)


def _count(budget: Budget, who: str, now: datetime) -> int:
    pk, sk = _key(budget, who, now)
    return rows.count(RateRow, pk, sk, kind="rate", ttl=clock.epoch(now + _KEPT))


def _count_bytes(budget: Budget, who: str, now: datetime, size: int) -> tuple[int, int]:
    pk, sk = _key(budget, who, now)
    added = {"count": 1, "bytes": size}
    figures = rows.tally(RateRow, pk, sk, added, kind="rate", ttl=clock.epoch(now + _KEPT))
    return figures["count"], figures["bytes"]


def _key(budget: Budget, who: str, now: datetime) -> tuple[str, str]:
    spelling = "%Y-%m-%dT%H" if budget.period == _HOUR else "%Y-%m-%d"
    return store.rate_key(budget.what, who, budget.since(now).strftime(spelling))


def _too_many(budget: Budget, now: datetime) -> TooMany:
    left = budget.since(now) + budget.period - now
    return TooMany(budget.problem, retry_after_seconds=max(1, int(left.total_seconds())))
