"""What is recommended to a person, and what she answers. Source: R-AGE-03, R-VAC-03."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal


class Kind(StrEnum):
    """What one is invited to."""

    VACCINATION = "vaccination"
    SCREENING = "screening"
    EXAM = "exam"


class Choice(StrEnum):
    """What a person may answer; no answer is « À planifier »."""

    DONE = "done"
    NOT_CONCERNED = "not_concerned"
    LATER = "later"
    PLANNED = "planned"  # an appointment is set for it

    @property
    def concludes(self) -> bool:
        """Tell whether nothing more is asked of the occurrence."""
        return self in (Choice.DONE, Choice.NOT_CONCERNED)


class State(StrEnum):
    """How a recommendation stands on a day.

    `UPCOMING` is shown ahead of its window; `LATE` is past its recommended period, still open.
    """

    TO_PLAN = "to_plan"
    DONE = "done"
    NOT_CONCERNED = "not_concerned"
    LATER = "later"
    PLANNED = "planned"
    UPCOMING = "upcoming"
    LATE = "late"


class Certainty(StrEnum):
    """How sure a rule is: primary source, secondary source, from memory, our proposal."""

    PRIMARY = "A"
    SECONDARY = "B"
    MEMORY = "M"
    PROPOSAL = "P"


def weakest(*marks: Certainty) -> Certainty:
    """Return how sure something is that rests on all of these."""
    return max(marks, key=list(Certainty).index)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a rule comes from: the text, what to look for in it, and how sure we are.

    `window` is how sure the dates shown are, which may be less than what is recommended is.
    """

    text: str
    reference: str
    certainty: Certainty
    window: Certainty


@dataclass(frozen=True, slots=True)
class Person:
    """All that the first rules look at; an unknown sex (`None`) hides no screening."""

    birth_on: date
    sex: Literal["F", "M"] | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person answered about one occurrence of a rule.

    `on` is the day of what is done, of the appointment set for it (`appointment`), or the one on
    which « Non concerné » was said; `until` the last day of « Plus tard » (shown again the next).
    """

    rule_id: str
    occurrence: str
    state: Choice
    on: date | None = None
    until: date | None = None
    appointment: str | None = None


@dataclass(frozen=True, slots=True)
class Coming:
    """One step after what is recommended today; `age_months` is hers, whole, when it opens.

    `is_conditional`: its day supposes that those before it are each done as soon as they may be.
    """

    kind: Kind
    title: str
    opens_on: date
    age_months: int
    is_conditional: bool


@dataclass(frozen=True, slots=True)
class Recommendation:
    """One thing recommended to one person, as it stands on one day.

    `rule_id` and `occurrence` (rank of a dose or round, age of a booster, year of a season) name it
    for ever. The recommended period runs from `window_opens_on` to `recommended_until`; it stays
    proposed, late, until `window_closes_on`. Both ends are included; None: no end. `on`, `until`
    and `appointment` are those of the answer that holds. `next_on` is when the next of its series
    is due, once it is done.
    """

    rule_id: str
    occurrence: str
    kind: Kind
    title: str
    reason: str
    window_opens_on: date
    recommended_until: date | None
    window_closes_on: date | None
    state: State
    source: Source
    is_mandatory: bool
    on: date | None = None
    until: date | None = None
    appointment: str | None = None
    next_on: date | None = None
