"""What makes a measure acceptable, what is worth a second look, and who deletes one. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from chalicelib.access.model import Right
from chalicelib.core.errors import FieldError, Invalid
from chalicelib.core.text import is_printable
from chalicelib.http.principal import ActorKind
from chalicelib.identity.rules import MAJORITY_YEARS, majority_on
from chalicelib.measures.model import (
    COMPONENTS,
    Component,
    Details,
    Draft,
    MeasureKind,
    Range,
    Source,
    Window,
)

# Source of the length of a comment: domain.md 1.7; that of a device's name is ours.
MAX_COMMENT: Final = 150
MAX_DEVICE: Final = 100
OLDEST: Final = date(1900, 1, 1)
# P: clocks of devices run a little ahead.
SKEW: Final = timedelta(minutes=5)
# P: beyond what was ever recorded of anybody (635 kg; 370 over 360 mmHg).
MOST: Final[Mapping[Component, int]] = {
    Component.WEIGHT: 700,
    Component.SYSTOLIC: 400,
    Component.DIASTOLIC: 380,
}
# A gram; devices round a pressure to a tenth at best.
DECIMALS: Final[Mapping[Component, int]] = {
    Component.WEIGHT: 3,
    Component.SYSTOLIC: 1,
    Component.DIASTOLIC: 1,
}
# P: wide on purpose, so that a warning is a slip of the finger more often than a person. From an
# age in years on: the least and the most that is usual.
USUAL: Final[Mapping[Component, tuple[tuple[int, str, str], ...]]] = {
    Component.WEIGHT: (
        (0, "1.5", "16"),
        (1, "6", "25"),
        (3, "9", "40"),
        (6, "13", "80"),
        (11, "22", "130"),
        (16, "32", "250"),
    ),
    Component.SYSTOLIC: ((0, "50", "130"), (3, "65", "150"), (13, "70", "220")),
    Component.DIASTOLIC: ((0, "25", "90"), (3, "35", "100"), (13, "40", "130")),
}
# P: of a target in kg; wide, for no figure here says what is good for anybody.
TARGET_FROM: Final = 30
TARGET_TO: Final = 300
TARGET_DECIMALS: Final = 1
TARGET_YEARS: Final = 5
_AT: Final = re.compile(
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d)(:\d\d)?(\.\d{1,6})?(Z|[+-](?:0\d|1[0-4]):[0-5]\d)", re.ASCII
)
_FARTHEST: Final = timedelta(hours=14, minutes=59)  # of the offsets that are read
_DAY: Final = timedelta(days=1)
# A draft in which nothing is wrong.
_ANY: Final = Draft(MeasureKind.WEIGHT, "2000-01-01T00:00Z", {"weight": Decimal(60)})


def check(draft: Draft, now: datetime, born_on: date | None) -> Details:
    """Return what an author said, settled; `born_on` None: not known.

    Raises:
        Invalid: everything that is wrong, at once, each with its field.
    """
    at, wrong = _read_at(draft.at, now, born_on)
    errors = [*wrong, *_figures(draft), *_texts(draft)]
    if errors or at is None:
        raise Invalid(errors=tuple(errors))
    usual = usual_ranges(draft.kind, born_on, at.date())
    return Details(
        kind=draft.kind,
        at=at,
        values={name: draft.values[name] for name in COMPONENTS[draft.kind]},
        comment=draft.comment or None,
        device=draft.device or None,
        unusual=tuple(
            one for one in usual if not one.low <= draft.values[one.component] <= one.high
        ),
    )


def wrong_in_part(sound: Mapping[str, Any], now: datetime) -> list[FieldError]:
    """Return what is wrong in some members of a draft, when others have not even the right form.

    What depends on one that is missing or misshapen is left for later.
    """
    try:
        check(replace(_ANY, **sound), now, None)
    except Invalid as refused:
        known = sound.keys() if "kind" in sound else sound.keys() - {"values"}
        return [one for one in refused.errors if one.pointer.split("/")[1] in known]
    return []


def usual_ranges(kind: MeasureKind, born_on: date | None, day: date) -> list[Range]:
    """Return what each figure of a kind usually is on a day; of unknown age: as of an adult."""
    age = MAJORITY_YEARS if born_on is None else max(0, (day - born_on).days * 4 // 1461)
    return [_range_of(component, age) for component in COMPONENTS[kind]]


def may_delete(source: Source, kind: ActorKind, right: Right, *, is_own: bool) -> bool:
    """Tell whether a reader whom the policy let in may delete a measure (R-SVC-03).

    The person deletes any. Who represents her does not delete what she noted herself; what another
    parent or an application added is also for the parents who stay (ADR 0017). Others delete what
    they added.
    """
    if is_own or right is Right.SELF:
        return True
    is_hers = source.kind == ActorKind.PERSON and source.name is None
    return kind is ActorKind.PERSON and not is_hers


def is_minor(born_on: date, day: date) -> bool:
    """Tell whether who was born on a day is not of age on another."""
    return day < majority_on(born_on)


def may_have_target(born_on: date | None, day: date) -> bool:
    """Tell whether a person may set a weight to reach: she is known to be of age (P).

    A weight to reach is no business of a minor's, nor of who represents her: it is a doctor's.
    """
    return born_on is not None and not is_minor(born_on, day)


def check_target(weight: Decimal, by: date | None, today: date, born_on: date | None) -> None:
    """Check a weight to reach, in kg, and the day until which.

    Raises:
        Invalid: everything that is wrong, each with its field.
    """
    errors = list(wrong_target({"weight": weight, "by": by}, today))
    if not may_have_target(born_on, today):
        errors.insert(0, FieldError("", "not_an_adult"))
    if errors:
        raise Invalid(errors=tuple(errors))


def wrong_target(sound: Mapping[str, Any], today: date) -> Iterator[FieldError]:
    """Return what is wrong in the members of a target that have the right form."""
    weight, by = sound.get("weight"), sound.get("by")
    if weight is not None and not weight.is_finite():
        yield FieldError("/weight", "not_a_number")
    elif weight is not None and weight < TARGET_FROM:
        yield FieldError("/weight", "greater_than_equal", {"ge": TARGET_FROM})
    elif weight is not None and weight > TARGET_TO:
        yield FieldError("/weight", "less_than_equal", {"le": TARGET_TO})
    elif weight is not None and weight != round(weight, TARGET_DECIMALS):
        yield FieldError("/weight", "too_many_decimals", {"limit": TARGET_DECIMALS})
    if by is not None and by <= today:
        yield FieldError("/by", "date_past")
    elif by is not None and by.year - today.year > TARGET_YEARS:
        yield FieldError("/by", "date_too_far", {"years": TARGET_YEARS})


def bounds(window: Window) -> tuple[datetime | None, datetime | None]:
    """Return the instants between which everything that a window asks for is, both included."""
    low, high = window.since, window.until
    if window.first:
        starts = _midnight(window.first) - _FARTHEST
        low = max(low, starts) if low else starts
    if window.last:
        ends = _midnight(window.last) + _DAY + _FARTHEST
        high = min(high, ends) if high else ends
    return low, high


def is_asked(details: Details, window: Window) -> bool:
    """Tell whether a measure between the bounds of a window is of it."""
    day, at = details.at.date(), details.at
    is_of_days = (window.first or day) <= day <= (window.last or day)
    is_since = window.since is None or window.since <= at
    return is_of_days and is_since and (window.until is None or at < window.until)


def _midnight(day: date) -> datetime:
    kept = min(max(day, OLDEST), date(2200, 1, 1))
    return datetime.fromisoformat(f"{kept}T00:00+00:00")


def _read_at(
    text: str, now: datetime, born_on: date | None
) -> tuple[datetime | None, list[FieldError]]:
    match = _AT.fullmatch(text)
    if not match:
        return None, [FieldError("/at", "instant_form")]
    day, seconds, fraction, zone = match.groups(default="")
    try:
        at = datetime.fromisoformat(f"{day}{seconds or ':00'}{fraction:.4}{zone}")
    except ValueError:
        return None, [FieldError("/at", "date_unknown")]
    if at.date() < OLDEST:
        return None, [FieldError("/at", "date_too_old")]
    if at > now + SKEW:
        return None, [FieldError("/at", "date_future")]
    if born_on and at.date() < born_on:
        return None, [FieldError("/at", "date_before_birth")]
    return at, []


def _figures(draft: Draft) -> Iterator[FieldError]:
    expected = COMPONENTS[draft.kind]
    if draft.values.keys() - set(expected):
        yield FieldError("/values", "extra_forbidden")  # whatever its name, which is not echoed
    sound = {}
    for component in expected:
        value = draft.values.get(component)
        code, figures = _wrong_figure(component, value)
        if code:
            yield FieldError(f"/values/{component}", code, figures)
        else:
            sound[component] = value
    yield from _order(sound)


def _wrong_figure(component: Component, value: Decimal | None) -> tuple[str, dict[str, int]]:
    if value is None:
        return "missing", {}
    if not value.is_finite():
        return "not_a_number", {}
    if value <= 0:
        return "greater_than", {"gt": 0}
    if value > MOST[component]:
        return "less_than_equal", {"le": MOST[component]}
    if value != round(value, DECIMALS[component]):
        return "too_many_decimals", {"limit": DECIMALS[component]}
    return "", {}


def _order(sound: Mapping[Component, Decimal | None]) -> Iterator[FieldError]:
    systolic, diastolic = sound.get(Component.SYSTOLIC), sound.get(Component.DIASTOLIC)
    if systolic is not None and diastolic is not None and systolic <= diastolic:
        yield FieldError("/values/diastolic", "pressure_order")


def _texts(draft: Draft) -> Iterator[FieldError]:
    for name, text, most in (
        ("comment", draft.comment, MAX_COMMENT),
        ("device", draft.device, MAX_DEVICE),
    ):
        if text and len(text) > most:
            yield FieldError(f"/{name}", "string_too_long", {"max_length": most})
        if text and not is_printable(text):
            yield FieldError(f"/{name}", "control_character")


def _range_of(component: Component, age: int) -> Range:
    _, low, high = [row for row in USUAL[component] if row[0] <= age][-1]
    return Range(component, Decimal(low), Decimal(high))
