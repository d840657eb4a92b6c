"""One occurrence of a rule for one person, and how it stands on a day."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from chalicelib.prevention.model import (
    Answer,
    Certainty,
    Choice,
    Kind,
    Recommendation,
    Source,
    State,
)

# Our proposal: what is to come is shown this long ahead.
SHOWN_AHEAD: Final = timedelta(days=90)
_DAY: Final = timedelta(days=1)
_LATE: Final = (
    " La période recommandée est passée\u00a0: le rattrapage est à discuter avec votre médecin."
)

Given = dict[tuple[str, str], Answer]


@dataclass(frozen=True, slots=True)
class Occurrence:
    """What may be recommended; the last days are included, None: no end.

    What was done counts from `counts_from` on, or as much as `early` before; until `counts_until`,
    if what is done after is done for another one. While nothing is answered, the person is reminded
    again on each day of `again`.
    """

    rule_id: str
    key: str
    kind: Kind
    title: str
    reason: str
    source: Source
    opens: date
    until: date | None
    closes: date | None
    counts_from: date
    early: timedelta
    is_mandatory: bool = False
    again: tuple[date, ...] = ()
    counts_until: date | None = None

    def on(self, today: date, answer: Answer | None) -> Recommendation | None:
        """Return how it stands on a day, or None when there is nothing to show."""
        held = answer if answer and _holds(answer, today) else None
        concluded = held is not None and held.state.concludes
        state = State(held.state) if held else self._state(today)
        if not concluded and not self._is_shown(today):
            return None
        return Recommendation(
            rule_id=self.rule_id,
            occurrence=self.key,
            kind=self.kind,
            title=self.title,
            reason=self.reason + (_LATE if state is State.LATE else ""),
            window_opens_on=self.opens,
            recommended_until=self.until,
            window_closes_on=self.closes,
            state=state,
            source=self._source(state),
            is_mandatory=self.is_mandatory,
            on=held.on if held else None,
            until=held.until if held else None,
            appointment=held.appointment if held else None,
        )

    def changes(self, answer: Answer | None) -> list[date]:
        """Return the days on which it may stand differently than the day before."""
        shown = self.opens - SHOWN_AHEAD if self.opens > date.min + SHOWN_AHEAD else date.min
        ends = [self.until, self.closes, _last(answer) if answer else None]
        after = (end + _DAY for end in ends if end and end < date.max)
        return [shown, self.opens, *after, *self.again]

    def is_too_early(self, on: date) -> bool:
        """Tell whether what was done on a day does not count."""
        return self.counts_from - on > self.early

    def _source(self, state: State) -> Source:
        """Return the source; that what is late may still be caught up is our proposal."""
        if state is State.LATE:
            return replace(self.source, window=Certainty.PROPOSAL)
        return self.source

    def _is_shown(self, today: date) -> bool:
        is_near = self.opens - today <= SHOWN_AHEAD
        return is_near and (self.closes is None or today <= self.closes)

    def _state(self, today: date) -> State:
        if today < self.opens:
            return State.UPCOMING
        return State.LATE if self.until and today > self.until else State.TO_PLAN


def _holds(answer: Answer, today: date) -> bool:
    last = _last(answer)
    return answer.state.concludes or (last is not None and today <= last)


def _last(answer: Answer) -> date | None:
    """Return the last day on which an answer that concludes nothing holds."""
    return answer.on if answer.state is Choice.PLANNED else answer.until


def day_before(day: date) -> date:
    """Return the last day of a window that ends just before a day."""
    return day - _DAY if day > date.min else day
