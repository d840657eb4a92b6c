"""What is recommended to a person on a day, and when that changes. Source: D12, R-AGE-03."""

from collections.abc import Sequence
from datetime import date

from chalicelib.prevention.model import Answer, Person, Recommendation


def recommendations(person: Person, answers: Sequence[Answer], today: date) -> list[Recommendation]:
    """Return what is recommended today and what was answered, soonest window first."""
    raise NotImplementedError


def next_change(person: Person, answers: Sequence[Answer], today: date) -> date | None:
    """Return the next day on which `recommendations` says something else, or None."""
    raise NotImplementedError


def next_opening(person: Person, answers: Sequence[Answer], today: date) -> date | None:
    """Return the next day on which something newly becomes to plan: the day to remind of it."""
    raise NotImplementedError


def check_answer(answer: Answer, person: Person, today: date) -> None:
    """Refuse an answer that cannot be true; every error at once.

    Raises:
        Invalid: `/rule_id`, `/on` or `/until`.
    """
    raise NotImplementedError
