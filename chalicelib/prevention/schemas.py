"""Bodies of the prevention routes, as JSON."""

from datetime import date
from typing import Final, Literal

from chalicelib.http.endpoint import Schema
from chalicelib.http.fields import Day
from chalicelib.prevention.model import Coming, Recommendation, State
from chalicelib.prevention.usecases import FollowUp

LABELS: Final = {
    State.TO_PLAN: "À planifier",
    State.DONE: "Réalisé",
    State.NOT_CONCERNED: "Non concerné",
    State.LATER: "Plus tard",
    State.PLANNED: "Rendez-vous prévu",
    State.UPCOMING: "À venir",
    State.LATE: "En retard, ou à renseigner",
}


class AnswerBody(Schema):
    """What the person says; `on` goes with `done`; `until`, the last silent day, with `later`."""

    state: Literal["to_plan", "done", "not_concerned", "later"]
    on: Day | None = None
    until: Day | None = None


class RuleSource(Schema):
    """Where a rule comes from, and how sure it is: A primary, B secondary, M memory, P proposal.

    `window_certainty` is how sure its dates are.
    """

    text: str
    reference: str
    certainty: Literal["A", "B", "M", "P"]
    window_certainty: Literal["A", "B", "M", "P"]


class RecommendationOut(Schema):
    """One thing recommended; `key` names it in addresses and tells nothing.

    `on` is the day of what is done, of the appointment set for it, or on which « Non concerné » was
    said; `appointment_id` is that appointment; `next_on` when the next of its series is due.
    """

    key: str
    kind: Literal["vaccination", "screening", "exam"]
    title: str
    reason: str
    window_opens_on: date
    recommended_until: date | None
    window_closes_on: date | None
    state: Literal["to_plan", "done", "not_concerned", "later", "planned", "upcoming", "late"]
    state_label: str
    on: date | None
    until: date | None
    appointment_id: str | None
    next_on: date | None
    is_mandatory: bool
    source: RuleSource


class ComingOut(Schema):
    """One step after what is recommended today; `age_months` is hers on `opens_on`, whole months.

    `is_conditional`: its day supposes that those before it are done as soon as they may be.
    """

    kind: Literal["vaccination", "screening", "exam"]
    title: str
    opens_on: date
    age_months: int
    is_conditional: bool


class FollowUpOut(Schema):
    """What is recommended on the person's own `today`; `next_change_on` says something else.

    `coming` holds the steps of the two years after that, soonest first, or the next one.
    """

    today: date
    items: list[RecommendationOut]
    coming: list[ComingOut]
    next_change_on: date | None
    version: int


def recommendation_out(key: str, one: Recommendation) -> RecommendationOut:
    """Write a recommendation as JSON."""
    return RecommendationOut(
        key=key,
        kind=one.kind.value,
        title=one.title,
        reason=one.reason,
        window_opens_on=one.window_opens_on,
        recommended_until=one.recommended_until,
        window_closes_on=one.window_closes_on,
        state=one.state.value,
        state_label=LABELS[one.state],
        on=one.on,
        until=one.until,
        appointment_id=one.appointment,
        next_on=one.next_on,
        is_mandatory=one.is_mandatory,
        source=RuleSource(
            text=one.source.text,
            reference=one.source.reference,
            certainty=one.source.certainty.value,
            window_certainty=one.source.window.value,
        ),
    )


def _coming_out(one: Coming) -> ComingOut:
    return ComingOut(
        kind=one.kind.value,
        title=one.title,
        opens_on=one.opens_on,
        age_months=one.age_months,
        is_conditional=one.is_conditional,
    )


def follow_up_out(found: FollowUp) -> FollowUpOut:
    """Write everything recommended as JSON."""
    return FollowUpOut(
        today=found.today,
        items=[recommendation_out(key, one) for key, one in found.items],
        coming=[_coming_out(one) for one in found.coming],
        next_change_on=found.next_change_on,
        version=found.version,
    )
