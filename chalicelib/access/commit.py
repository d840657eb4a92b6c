"""Leaving the gate: one transaction for rows, trace and outbox; or the trace of a refusal.

The trace is also the commit marker: its id is made before writing, so that after an unclear answer
one read tells whether the transaction happened (R03), and a retry converges on one effect.
"""

import time
from concurrent.futures import Future
from typing import Final

from chalicelib.access import applications, budgets, policy, store, waiting
from chalicelib.access.entry import Entry
from chalicelib.access.model import Action, Refusal, Right
from chalicelib.access.store import (
    RECORD_KIND,
    ClientRow,
    GrantRow,
    IdempotencyRow,
    SettingsRow,
    grant_of,
    idempotency_key,
    subject_of_record,
)
from chalicelib.access.unit import Replayed, Unit
from chalicelib.audit.model import Audience, Trace
from chalicelib.audit.store import TRACE_KIND, TraceRow, new_row, subject_of_trace
from chalicelib.core import clock, events, ids, log, parallel, rows
from chalicelib.core.errors import Conflict, Invalid, NotFound, Problem, Unavailable
from chalicelib.core.events import EventType
from chalicelib.core.outbox import outbox_row
from chalicelib.core.rows import ConditionLost, StoreUnavailable, TransactionConflict
from chalicelib.http.principal import ActorKind
from chalicelib.vault import envelope, keys
from chalicelib.vault.envelope import WrappedKey

ATTEMPTS: Final = 4
JITTER_SECONDS: Final = 0.08
BUDGET_SECONDS: Final = 8  # then 503, well before the function's own time-out

Step = tuple[rows.Action, Problem | str | None]  # a write, and what it means to lose it
_GRANT: Final = "grant"
_IDEMPOTENCY: Final = "idempotency"
_RENEWAL: Final = "renewal"
# Of somebody who may be there, or who found a row that is not ours.
_NOT_COUNTED: Final = (
    Refusal.INVALID,
    Refusal.CONFLICT,
    Refusal.TOO_LONG,
    Refusal.ALTERED,
)


def check_replay(entry: Entry) -> None:
    """Stop here if this idempotency key already did its work.

    Raises:
        Replayed: for the same request.
        Invalid: for another one.
    """
    replay = entry.replay
    if replay is None or entry.idempotency is None:
        return
    if replay.request_hash != entry.idempotency.request_hash:
        raise Invalid("idempotency-key-reused")
    raise Replayed(replay.reference)


def unwrap_keys(unit: Unit) -> None:
    """Unwrap, side by side, the keys of the history and of the record, if they are not (D14).

    The history's is always needed. The record's may be gone while the history stays: its failure
    is for whoever then opens something of the record, and meets it again.

    Raises:
        Unavailable: the key service or its table does not answer.
    """
    trace_key, record_key = _trace_key(unit), unit.record_key()
    if not envelope.read_ahead([trace_key, record_key] if record_key else [trace_key]):
        return
    with parallel.none_outlives() as beside:
        if record_key:
            beside.append(parallel.start(envelope.unwrap, record_key))
        envelope.unwrap(trace_key)


def refuse(unit: Unit, reason: Refusal) -> None:
    """Write the trace of a refusal, before anybody is told.

    In the record's history if there is such a record, else in the actor's own: the same write. The
    trace key is unwrapped anew each time: her own, warm from the last refusal, would answer faster
    for a record that does not exist (A36). The first request of a process has no warm key.

    Raises:
        Unavailable, StoreUnavailable: it could not be written, or counted.
    """
    unit.right, unit.is_refused = Right.NONE, True
    if not unit.entry.is_first:
        keys.forget(subject_of_trace(_owner(unit)))
    with parallel.none_outlives() as beside:
        if reason not in _NOT_COUNTED:
            beside.extend(budgets.start_refusal(unit.entry.principal, unit.entry.pid, unit.now))
        _commit(unit, [], _trace(unit, reason))
    for counted in beside:
        counted.result()


def refuse_over_budget(unit: Unit) -> None:
    """Write the trace of a request beyond a budget, in the actor's own history only.

    Nothing was decided about the record, and its person is not flooded with what was not done. A
    calendar has no history of its own: that it asked too often is in the log only.

    Raises:
        Unavailable: it could not be written.
    """
    if unit.entry.principal.kind is ActorKind.CALENDAR:
        return
    unit.concerns_record = False
    unit.right, unit.is_refused = Right.NONE, True
    _commit(unit, [], _trace(unit, Refusal.BUDGET))


def leave(unit: Unit) -> None:
    """Write everything, or nothing; after this the answer may leave.

    Raises:
        Problem: a condition did not hold; nothing was written.
        Replayed: a rival with the same idempotency key was first.
        NotFound: the authorisation was withdrawn meanwhile; traced.
        Unavailable: no clear answer, and the trace is not there.
    """
    steps: list[Step] = list(zip(unit.writes, unit.losses, strict=True))
    steps += [(rows.put(outbox_row(event, unit.now)), None) for event in unit.events]
    if unit.entry.idempotency:
        steps.append((rows.put(_idempotency_row(unit)), _IDEMPOTENCY))
    if steps:
        steps += _settings_steps(unit)
    with parallel.none_outlives() as beside:
        beside.extend(_counted_use(unit))
        if not unit.is_traced:
            _commit(unit, steps, _trace(unit, unit.outcome))
        elif unit.marker is not None:
            _commit(unit, steps, unit.marker)
    for counted in beside:
        counted.result()


def _counted_use(unit: Unit) -> list[Future[None]]:
    """Count, beside, what an application did: for the person to see, by permission, and in all."""
    principal = unit.entry.principal
    if principal.kind is not ActorKind.APPLICATION:
        return []
    action = Action(unit.action)
    counting = budgets.start_shared(principal, action, unit.pid, unit.now)
    used = policy.permission_of(action, unit.right, unit.entry.permission)
    if used is not None:
        counting.append(
            parallel.start(applications.count_use, unit.pid, principal.id, used, unit.now)
        )
    return counting


def _commit(unit: Unit, steps: list[Step], marker: rows.Row) -> None:
    """Write the steps and the trace, retrying what may be retried.

    The marker is the trace; where there is none (`Unit.go_on`), a row among the steps.
    """
    began = time.monotonic()
    trace = [rows.put(marker), *_notes(unit, marker)] if isinstance(marker, TraceRow) else []
    for _ in range(ATTEMPTS):
        if time.monotonic() - began > BUDGET_SECONDS:
            break
        attempt = [
            *steps,
            *_grant_steps(unit, writes=bool(steps)),
            *_link_steps(unit, steps),
            *_consent_steps(unit, steps),
        ]
        try:
            rows.write([*(action for action, _ in attempt), *trace])
        except TransactionConflict:
            time.sleep(ids.jitter(JITTER_SECONDS))
            continue
        except StoreUnavailable as error:
            log.exception("write without answer", error, action=unit.action)
            if not _is_committed(marker):
                time.sleep(ids.jitter(JITTER_SECONDS))
                continue
        except ConditionLost as lost:
            if not _is_committed(marker):
                _explain(unit, attempt, lost)
                # A rival renewed the keys: old ones still open, and serve this once more.
                steps = [step for step in steps if step[1] != _RENEWAL]
                continue
        return
    raise Unavailable


def _is_committed(marker: rows.Row) -> bool:
    """Tell whether an unclear write happened after all: the marker came with it or not at all.

    A row that others may write too is ours by the name of its file, which is random.
    """
    found = rows.get(type(marker), marker.pk, marker.sk)
    return found is not None and getattr(found, "blob", "") == getattr(marker, "blob", "")


def _explain(unit: Unit, attempt: list[Step], lost: ConditionLost) -> None:
    """Answer for the conditions lost; return when trying again is right."""
    meanings = [attempt[n][1] for n in lost.positions if n < len(attempt)]
    if _IDEMPOTENCY in meanings and unit.entry.idempotency:
        _read_again(unit, (IdempotencyRow, *idempotency_key(unit.entry.idempotency)))
        check_replay(unit.entry)
    problem = next((m for m in meanings if isinstance(m, Problem)), None)
    if problem:
        raise problem
    if _GRANT not in meanings:
        if _RENEWAL in meanings:
            return
        raise Conflict
    _read_again(unit, (GrantRow, *store.grant_key(unit.pid, unit.entry.principal.id)))
    grant = unit.entry.grant
    if grant is None or not grant_of(grant, unit.entry.settings).is_active(unit.now):
        refuse(unit, Refusal.NO_RIGHT)
        raise NotFound


def _read_again(unit: Unit, wish: tuple[type[rows.Row], str, str]) -> None:
    row = rows.get(*wish)
    if row is None:
        unit.entry.found.pop(wish, None)
    else:
        unit.entry.found[wish] = row


def _grant_steps(unit: Unit, *, writes: bool) -> list[Step]:
    """Bind what a professional does to her authorisation, and mark its first use (D4).

    The first use is a write, because it must notify the person; a later read needs none, and a
    later write requires that the authorisation is still the one that was read. What is under a
    minor's secrecy, or withheld from the person, is no first use: they would be told of it.
    """
    grant = unit.entry.grant
    if unit.right is not Right.AUTHORISATION or grant is None:
        return []
    is_reading = unit.action != Action.CONVERSATION_OPEN  # that writes to her, and reads nothing
    is_kept = unit.is_secret or unit.is_withheld
    if not grant.first_used_at and is_reading and not is_kept:
        used = GrantRow(**grant.attribute_values)
        used.first_used_at = clock.iso(unit.now)
        notice = events.new_event(EventType.FIRST_ACCESS, unit.pid, used.rpps)
        return [(rows.put(used), _GRANT), (rows.put(outbox_row(notice, unit.now)), None)]
    return [(rows.unchanged(grant), _GRANT)] if writes else []


def _link_steps(unit: Unit, steps: list[Step]) -> list[Step]:
    """Bind what who represents a minor writes to her link, which may be taken away meanwhile."""
    proxy = unit.entry.proxy
    if unit.right is not Right.REPRESENTATIVE or proxy is None or not steps or unit.ends_link:
        return []
    return [(rows.unchanged(proxy), NotFound())]


def _consent_steps(unit: Unit, steps: list[Step]) -> list[Step]:
    """Bind what an application writes to its consent: changed meanwhile, it is decided again."""
    consent = unit.entry.consent
    return [(rows.unchanged(consent), Conflict())] if consent is not None and steps else []


def _settings_steps(unit: Unit) -> list[Step]:
    """Write what changed in the space's settings; new data keys when theirs are a year old (D5).

    This write is sealed under the old ones; the next is under the new ones.
    """
    settings = unit.entry.settings
    if settings is None:
        return []
    owners = {
        "record_key": (subject_of_record(unit.pid), RECORD_KIND),
        "trace_key": (subject_of_trace(unit.pid), TRACE_KIND),
    }
    due = [name for name in owners if envelope.is_due(bytes(getattr(settings, name)))]
    if not due and unit.new_settings is None:
        return []
    renewed = unit.new_settings or SettingsRow(**settings.attribute_values)
    for name in due:
        setattr(renewed, name, envelope.new_data_key(*owners[name]))
    return [(rows.put(renewed), None if unit.new_settings else _RENEWAL)]


def _idempotency_row(unit: Unit) -> IdempotencyRow:
    idempotency = unit.entry.idempotency
    if idempotency is None or unit.reference is None:
        raise LookupError("an idempotent action names what it made")
    return store.idempotency_row(idempotency, unit.reference, unit.now)


def _trace(unit: Unit, reason: Refusal | None) -> TraceRow:
    """Seal the trace under the record's trace key, or the actor's own."""
    entry, session = unit.entry, unit.entry.session
    professional = None if isinstance(session, ClientRow) else session
    organisation = session.name if isinstance(session, ClientRow) else session.organisation
    trace = Trace(
        id=ids.new_id(),
        at=clock.iso(unit.now),
        actor=entry.principal.kind,
        actor_id=entry.principal.id,
        actor_name=unit.actor_name,
        profession=professional.profession if professional else None,
        organisation=organisation,
        action=_said_action(unit, reason),
        outcome="refused" if reason else "allowed",
        right=Right.NONE if reason else _said_right(unit),
        right_since=_since(unit),
        reference=_reference(unit),
        reason=reason,
        request_id=log.request_id.get(),
        salt=ids.new_secret_id(),
    )
    return new_row(
        _owner(unit),
        is_patient=_space(unit) is not None,
        trace=trace,
        data_key=_trace_key(unit).data_key,
        audience=_audience(unit),
    )


def _said_action(unit: Unit, reason: Refusal | None) -> str:
    """Say what was done, or asked; where that would tell of what is withheld, as another would."""
    if reason and unit.refused_as and not unit.is_withheld:
        return unit.refused_as
    return unit.traced_as or unit.action


def _audience(unit: Unit) -> Audience:
    if unit.is_withheld:
        return Audience.WITHHELD
    return Audience.MINOR if unit.is_secret else Audience.GENERAL


def _notes(unit: Unit, trace: TraceRow) -> list[rows.Action]:
    """Note a trace kept from the person under what it is about, for when that is announced."""
    about = _reference(unit)
    is_kept = _audience(unit) is Audience.WITHHELD and _space(unit) is not None
    return waiting.note(unit.pid, about, trace.sk) if is_kept and about else []


def _reference(unit: Unit) -> str | None:
    return unit.traced_about or unit.reference


def _trace_key(unit: Unit) -> WrappedKey:
    row = _space(unit) or unit.entry.session
    return WrappedKey(subject_of_trace(_owner(unit)), TRACE_KIND, bytes(row.trace_key))


def _owner(unit: Unit) -> str:
    """Return whose history a trace goes to: the record's if it concerns one, else the actor's."""
    return unit.entry.pid if _space(unit) else unit.entry.principal.id


def _space(unit: Unit) -> SettingsRow | None:
    return unit.entry.settings if unit.concerns_record else None


def _said_right(unit: Unit) -> Right:
    """Return the right as a history says it: whose word an authorisation was."""
    grant = unit.entry.grant
    is_parental = grant is not None and grant.given_by is not None
    return Right.PARENTAL if is_parental and unit.right is Right.AUTHORISATION else unit.right


def _since(unit: Unit) -> str | None:
    grant = unit.entry.grant if unit.right is Right.AUTHORISATION else None
    return grant.given_at if grant else None
