"""Read what is recommended to a person, keep what she answers, and follow her in time (D12).

Nothing scans people: whoever changes something arms the one reminder of the person, for the next
day on which to remind her of something she does not refuse; when it is told, the worker arms the
following one.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from chalicelib.access import gate
from chalicelib.access.entry import Wanted
from chalicelib.access.gate import Unit
from chalicelib.access.model import Action, Refusal
from chalicelib.access.usecases import until_it_holds
from chalicelib.core.errors import Problem, Stale
from chalicelib.http.principal import Principal
from chalicelib.identity import spaces
from chalicelib.identity.values import Traits
from chalicelib.prevention import rules, store
from chalicelib.prevention.model import Answer, Choice, Coming, Kind, Person, Recommendation
from chalicelib.prevention.store import FollowUpRow
from chalicelib.reminders import store as reminder_store
from chalicelib.reminders import usecases as reminders
from chalicelib.reminders.model import Following, Preferences, Reminder, Source

SUBJECT: Final = "prevention"  # what the reminder is about: no meaning but the domain
# Told between nine and eight in the evening, spread so that a season does not open in one minute.
_FIRST_HOUR: Final = time(9)
SPREAD: Final = timedelta(hours=11)


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What is recommended today, each under its token, and the version of the answers.

    `today` is the civil date of the person's own zone.
    """

    today: date
    items: list[tuple[str, Recommendation]]
    coming: list[Coming]
    next_change_on: date | None
    version: int


@dataclass(frozen=True, slots=True)
class Known:
    """What decides: who the person is, what she answered, and the version of that."""

    person: Person | None
    answers: list[Answer]
    version: int


def wanted(pid: str) -> list[Wanted]:
    """Return what to name on entering the gate, to read what is recommended."""
    return [spaces.person_wish(pid), (FollowUpRow, *store.follow_up_key(pid))]


def wanted_to_arm(pid: str) -> list[Wanted]:
    """Return what to name on entering the gate, to arm the reminder of what is recommended."""
    return [*wanted(pid), *reminders.wanted(pid, SUBJECT)]


def list_recommendations(principal: Principal, pid: str) -> FollowUp:
    """Read what is recommended to a person, and arm her next reminder if none waits.

    Raises:
        NotFound, Unavailable.
    """

    def read() -> FollowUp:
        named = wanted_to_arm(pid)
        with gate.enter(principal, Action.PREVENTION_READ, pid, wanted=named) as unit:
            of = known(unit)
            if of.person and reminders.pending(unit, SUBJECT) is None:
                _arm(unit, of.person, of.answers, reminders.preferences(unit))
            return _follow_up(unit, of)

    return until_it_holds(read)


def answer_recommendation(  # noqa: PLR0913  one answer, said whole
    principal: Principal,
    pid: str,
    token: str,
    *,
    choice: Choice | None,
    on: date | None,
    until: date | None,
    version: int,
) -> FollowUp:
    """Keep what a person says of one recommendation; `choice` None takes her answer back.

    Raises:
        NotFound: nothing of hers has this token; traced.
        Invalid: a day that cannot be.
        Stale: she answered elsewhere meanwhile.
        Unavailable.
    """

    def answer() -> FollowUp:
        named, action = wanted_to_arm(pid), Action.PREVENTION_ANSWER
        with gate.enter(principal, action, pid, wanted=named, about=token) as unit:
            of = known(unit)
            target = found(unit, of, token)
            if of.person is None or target is None:
                raise unit.refuse(Refusal.ABSENT)
            if of.version != version:
                raise Stale
            said = _said(target, choice, on, until)
            answers = _kept(said, target, of.person, of.answers, _today(unit))
            keep(unit, of, answers, lost=Stale())
            return _follow_up(unit, Known(of.person, answers, version + 1))

    return until_it_holds(answer)


def _said(
    target: Recommendation, choice: Choice | None, on: date | None, until: date | None
) -> Answer | None:
    if choice is None:
        rules.check_undoing(on, until)
        return None
    return Answer(target.rule_id, target.occurrence, choice, on, until)


def _kept(
    said: Answer | None,
    target: Recommendation,
    person: Person,
    answers: Sequence[Answer],
    today: date,
) -> list[Answer]:
    """Return the answers once one is given, or taken back."""
    others = [one for one in answers if not is_about(one, target)]
    if said is None:
        return others
    rules.check_answer(said, person, answers, today)
    if said.state is Choice.NOT_CONCERNED:
        said = replace(said, on=today)
    return [*others, said]


def to_do(unit: Unit) -> list[tuple[str, Recommendation]]:
    """Return what is to plan now, the most urgent first, of rows read for another screen (home).

    What she refused to be reminded of is not pushed to her there either (R-AGE-06).
    """
    refused = _refused(reminders.preferences(unit))
    waiting = [(key, one) for key, one in _items(unit, known(unit)) if rules.is_to_do(one, refused)]
    return sorted(waiting, key=lambda keyed: rules.urgency(keyed[1]))


def arm_anew(unit: Unit, before: Preferences, chosen: Preferences) -> None:
    """Arm the reminder again when a person chose another zone, or what to be reminded of.

    What is still to be told today is not lost by it.
    """
    if (before.zone, _refused(before)) == (chosen.zone, _refused(chosen)):
        return
    of = known(unit)
    if of.person:
        _arm(unit, of.person, of.answers, chosen, is_today_untold=True)


def following(pid: str, now: datetime) -> Following:
    """Return whether something waits for a person, and when to tell her next.

    For the worker that is about to tell her, or opens her space: what was armed under an earlier
    edition of a calendar may wait no more, and what is not so is not told. Nothing read here is
    shown to anybody, so it passes no gate and leaves no trace.

    Raises:
        Tampered, Unavailable, StoreUnavailable: to be done again.
    """
    holder = spaces.read_person(pid)
    person = _person(holder.traits) if holder else None
    if person is None:
        return Following(is_due=False)
    chosen, answers = reminder_store.read_preferences(pid), store.read_answers(pid)
    today, refused = now.astimezone(ZoneInfo(chosen.zone)).date(), _refused(chosen)
    shown = rules.recommendations(person, answers, today)
    opens = rules.next_opening(person, answers, today, refused)
    return Following(
        is_due=any(rules.is_to_do(one, refused) for one in shown),
        at=(told_at(pid, opens, chosen.zone),) if opens else (),
    )


def begin(pid: str, now: datetime) -> None:
    """Arm the first reminder of a space just opened; one that waits already stays.

    Raises:
        As `following`.
    """
    at = following(pid, now).at
    if at:
        reminders.begin(pid, SUBJECT, Reminder(Source.PREVENTION, at, None))


def known(unit: Unit) -> Known:
    """Open what decides; nothing is recommended to somebody whose birth date is unknown."""
    answers, version = store.answers_of(unit)
    return Known(_person(spaces.person_of(unit)[0].traits), answers, version)


def found(unit: Unit, of: Known, token: str) -> Recommendation | None:
    """Return what is recommended today under a token, None if nothing is."""
    return next((one for key, one in _items(unit, of) if key == token), None)


def keep(unit: Unit, of: Known, answers: list[Answer], *, lost: Problem | None = None) -> None:
    """Keep other answers than those known, and arm the reminder that follows from them."""
    unit.put(store.answers_row(unit, answers), lost=lost)
    if of.person:
        _arm(unit, of.person, answers, reminders.preferences(unit))


def is_about(answer: Answer, one: Recommendation) -> bool:
    """Tell whether an answer is about a recommendation."""
    return (answer.rule_id, answer.occurrence) == (one.rule_id, one.occurrence)


def _person(traits: Traits) -> Person | None:
    if traits.birth_date is None:
        return None
    return Person(traits.birth_date, None if traits.sex == "U" else traits.sex)


def _items(unit: Unit, of: Known) -> list[tuple[str, Recommendation]]:
    shown = rules.recommendations(of.person, of.answers, _today(unit)) if of.person else []
    return [(store.token(unit.pid, one), one) for one in shown]


def _follow_up(unit: Unit, of: Known) -> FollowUp:
    today, person, answers = _today(unit), of.person, of.answers
    changes = rules.next_change(person, answers, today) if person else None
    coming = rules.coming(person, answers, today) if person else []
    return FollowUp(today, _items(unit, of), coming, changes, of.version)


def _refused(chosen: Preferences) -> frozenset[Kind]:
    """Return the kinds a person does not want to be reminded of; exams go with vaccines."""
    vaccinations = () if chosen.remind_vaccination else (Kind.VACCINATION, Kind.EXAM)
    return frozenset([*vaccinations, *(() if chosen.remind_screening else (Kind.SCREENING,))])


def _arm(
    unit: Unit,
    person: Person,
    answers: Sequence[Answer],
    chosen: Preferences,
    *,
    is_today_untold: bool = False,
) -> None:
    """Arm the reminder of the next day to remind of something, today if that is still to come."""
    day = unit.now.astimezone(ZoneInfo(chosen.zone)).date()
    if is_today_untold and unit.now < told_at(unit.pid, day, chosen.zone):
        day -= timedelta(days=1)
    opens = rules.next_opening(person, answers, day, _refused(chosen))
    at = [told_at(unit.pid, opens, chosen.zone)] if opens else []
    reminders.arm(unit, SUBJECT, source=Source.PREVENTION, event_at=None, at=at)


def told_at(pid: str, day: date, zone: str) -> datetime:
    """Return when a person is told of what opens on a day, in her zone: at a minute of her own."""
    minute = zlib.crc32(pid.encode()) % (SPREAD // timedelta(minutes=1))
    local = datetime.combine(day, _FIRST_HOUR, ZoneInfo(zone)) + timedelta(minutes=minute)
    return local.astimezone(UTC)


def _today(unit: Unit) -> date:
    return unit.now.astimezone(ZoneInfo(reminders.preferences(unit).zone)).date()
