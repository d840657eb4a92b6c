"""Bodies of the routes of measures, as JSON.

Bounds are described here and checked by `rules`, so that everything wrong is said at once.
"""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ModelWrapValidatorHandler, model_validator

from chalicelib.core import clock
from chalicelib.http import problems
from chalicelib.http.endpoint import Schema
from chalicelib.http.fields import Day
from chalicelib.http.listing import DaysQuery
from chalicelib.measures import growth, rules
from chalicelib.measures.model import (
    UNITS,
    Component,
    Draft,
    Measure,
    MeasureKind,
    Range,
    Source,
    Window,
)
from chalicelib.measures.targets import Found
from chalicelib.measures.usecases import Growth, Listing

At = Annotated[
    str,
    Field(description="When and where: an instant with its offset, `2026-11-23T07:30+01:00`."),
]
Figures = Annotated[
    dict[str, float],
    Field(
        description="`weight` in kg, up to grams; or `systolic` and `diastolic` in mmHg.",
        examples=[{"weight": 72.4}, {"systolic": 128, "diastolic": 79}],
    ),
]
Comment = Annotated[str, Field(json_schema_extra={"maxLength": rules.MAX_COMMENT})]
Device = Annotated[str, Field(json_schema_extra={"maxLength": rules.MAX_DEVICE})]


class MeasureDraft(Schema):
    """A measure to add."""

    kind: MeasureKind
    at: At
    values: Figures
    comment: Comment | None = None
    device: Device | None = None

    @model_validator(mode="wrap")
    @classmethod
    def _everything_wrong(cls, value: object, handler: ModelWrapValidatorHandler[Self]) -> Self:
        """Tell what is wrong in its form with all that rules refuse."""
        return problems.with_rules(
            value,
            handler,
            cls.model_fields,
            lambda sound, _: rules.wrong_in_part(_typed(sound), clock.now()),
        )

    def draft(self) -> Draft:
        """Return it as rules read it."""
        return Draft(**_typed(dict(self)))


class MeasuresQuery(DaysQuery):
    """Which measures: of a kind, on days of where they were taken, newest first by default."""

    kind: Literal["weight", "blood_pressure"] | None = None
    order: Literal["newest", "oldest"] = "newest"

    def window(self) -> Window:
        """Return what it asks for. Raises as `days`."""
        first, last = self.days()
        kind = MeasureKind(self.kind) if self.kind else None
        return Window(kind, first, last, oldest_first=self.order == "oldest")


class MeasureSource(Schema):
    """Who added it; the name is absent for the person herself, and of an application its own."""

    kind: Literal["person", "application"]
    name: str | None


class UsualRange(Schema):
    """What a figure usually is at that age, both included."""

    component: Component
    low: float
    high: float


class MeasureAbilities(Schema):
    """What the reader may do with it; screens show buttons from this, never from a role."""

    delete: bool


class MeasureOut(Schema):
    """A measure. `unusual` names its figures that are out of what is usual: worth a second look."""

    id: str
    kind: MeasureKind
    at: At
    values: Figures
    unit: Literal["kg", "mmHg"]
    comment: str | None
    device: str | None
    unusual: list[UsualRange]
    source: MeasureSource
    is_own: bool
    abilities: MeasureAbilities
    created_at: str


class GrowthCurve(Schema):
    """Weights in kg that this share of children, in percent, do not reach, one for each age."""

    percentile: int
    weights: list[float]


class GrowthPlace(Schema):
    """Where a measure is: from `above` on, under `below`; null: beyond the last curve."""

    measure_id: str
    age_days: int
    above: int | None
    below: int | None


class GrowthOut(Schema):
    """Weights of a minor among those of other children of her age and sex.

    Not corrected for a birth before term. Measures of an age that the reference says nothing of
    have no place; without any, there are no curves either. `source` is in French, as shown.
    """

    source: str
    born_on: date
    ends_at_days: int
    ages: list[float]
    curves: list[GrowthCurve]
    places: list[GrowthPlace]


class MeasurePage(Schema):
    """A page of measures; `next` is the cursor of the following one, or null.

    `usual`: what is usual today of the kinds asked for; outside, it is accepted and said.
    `growth`: of the weights of a minor whose birth date and sex are known, asked for alone; null
    otherwise, and for applications.
    """

    items: list[MeasureOut]
    next: str | None
    usual: list[UsualRange]
    growth: GrowthOut | None


class TargetBody(Schema):
    """A weight to reach, in kg to a tenth, and the day until which, if any."""

    weight: Annotated[
        float, Field(json_schema_extra={"minimum": rules.TARGET_FROM, "maximum": rules.TARGET_TO})
    ]
    by: Day | None = None

    @model_validator(mode="wrap")
    @classmethod
    def _everything_wrong(cls, value: object, handler: ModelWrapValidatorHandler[Self]) -> Self:
        """Tell what is wrong in its form with all that rules refuse."""
        return problems.with_rules(
            value,
            handler,
            cls.model_fields,
            lambda sound, _: rules.wrong_target(_typed(sound), clock.paris_date(clock.now())),
        )


class TargetShown(Schema):
    """A weight to reach, in kg."""

    weight: float
    by: date | None
    set_at: str


class TargetAbilities(Schema):
    """What the reader may do; screens show buttons from this, never from a role."""

    set: bool


class TargetOut(Schema):
    """What a person wants to reach; null: nothing. A minor has none."""

    target: TargetShown | None
    abilities: TargetAbilities


def measure_out(measure: Measure) -> MeasureOut:
    """Write a measure as JSON shows it."""
    details = measure.details
    return MeasureOut(
        id=measure.id,
        kind=details.kind,
        at=details.at.isoformat(timespec="milliseconds" if details.at.microsecond else "seconds"),
        values={name: float(value) for name, value in details.values.items()},
        unit=UNITS[details.kind],
        comment=details.comment,
        device=details.device,
        unusual=[_usual_out(one) for one in details.unusual],
        source=_source_out(measure.source),
        is_own=measure.is_own,
        abilities=MeasureAbilities(delete=measure.is_deletable),
        created_at=clock.iso(measure.created_at),
    )


def page_out(listing: Listing) -> MeasurePage:
    """Write a page of measures as JSON shows it."""
    return MeasurePage(
        items=[measure_out(one) for one in listing.items],
        next=listing.next,
        usual=[_usual_out(one) for one in listing.usual],
        growth=_growth_out(listing.growth) if listing.growth else None,
    )


def target_out(found: Found) -> TargetOut:
    """Write what a person wants to reach as JSON shows it."""
    said = found.target
    shown = None
    if said:
        set_at = clock.iso(said.set_at)
        shown = TargetShown(weight=float(said.weight), by=said.by, set_at=set_at)
    return TargetOut(target=shown, abilities=TargetAbilities(set=found.is_settable))


def _growth_out(of: Growth) -> GrowthOut:
    places = [
        GrowthPlace(measure_id=name, age_days=one.age_days, above=one.above, below=one.below)
        for name, one in of.places.items()
    ]
    ages = growth.ages(of.sex)
    curves = growth.curves(of.sex) if places else []
    return GrowthOut(
        source=growth.reference().source,
        born_on=of.born_on,
        ends_at_days=int(ages[-1]),
        ages=ages if places else [],
        curves=[
            GrowthCurve(percentile=one.percentile, weights=list(one.weights)) for one in curves
        ],
        places=places,
    )


def _usual_out(one: Range) -> UsualRange:
    return UsualRange(component=one.component, low=float(one.low), high=float(one.high))


def _source_out(source: Source) -> MeasureSource:
    return MeasureSource.model_validate({"kind": source.kind, "name": source.name})


def _typed(members: dict[str, Any]) -> dict[str, Any]:
    """Read figures as they were written, days and kinds by their names."""
    typed = dict(members)
    if "weight" in typed:
        typed["weight"] = Decimal(str(typed["weight"]))
    if typed.get("by"):
        typed["by"] = date.fromisoformat(typed["by"])
    if "values" in typed:
        typed["values"] = {name: Decimal(str(one)) for name, one in typed["values"].items()}
    if "kind" in typed:
        typed["kind"] = MeasureKind(typed["kind"])
    return typed
