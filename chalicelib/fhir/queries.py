"""What each search takes: a parameter that is not here is refused by its name."""

from collections.abc import Collection, Iterator, Mapping
from typing import Annotated, Any, ClassVar, Final, Literal, Self

from pydantic import (
    Field,
    ModelWrapValidatorHandler,
    StringConstraints,
    ValidationError,
    model_validator,
)

from chalicelib.core.errors import FieldError, Invalid
from chalicelib.fhir import dates
from chalicelib.fhir.dates import Span
from chalicelib.fhir.mapping_observation import CODES
from chalicelib.fhir.values import LOINC
from chalicelib.http import problems
from chalicelib.http.endpoint import Schema
from chalicelib.measures.model import MeasureKind

MAX_COUNT: Final = 100
Text = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Dates = Annotated[
    tuple[Annotated[str, StringConstraints(max_length=40)], ...],
    Field(max_length=4, description="`ge2026-01-01`, `le2026-03`; each narrows."),
]


class Search(Schema):
    """What every search takes; without a patient, it is the token's."""

    # Of its parameters, those that are dates; and whether they are of days only.
    dated: ClassVar[Collection[str]] = ()
    days_only: ClassVar[bool] = True

    patient: Text | None = None
    count: Annotated[int, Field(alias="_count", ge=1, description="At most 100 are given.")] = 50
    cursor: Annotated[
        str | None,
        Field(alias="_cursor", max_length=1000, description="Of a link `next`: opaque."),
    ] = None

    @model_validator(mode="wrap")
    @classmethod
    def _everything_wrong(cls, value: object, handler: ModelWrapValidatorHandler[Self]) -> Self:
        """Tell what is wrong in its form with what names nothing that is here.

        Raises:
            Invalid: all of it.
        """
        found: tuple[FieldError, ...] = ()
        try:
            read = handler(value)
        except ValidationError as error:
            found = problems.from_validation(error, "/query").errors
        told = {one.pointer.split("/")[2] for one in found}
        asked = value if isinstance(value, Mapping) else {}
        errors = [*found, *cls._unknown({name: asked[name] for name in asked.keys() - told})]
        if errors:
            raise Invalid(errors=tuple(errors))
        return read

    @classmethod
    def _unknown(cls, asked: Mapping[str, Any]) -> Iterator[FieldError]:
        """Tell what is wrong in parameters of the right form."""
        for name in cls.dated:
            try:
                dates.span(name, asked.get(name, ()), days_only=cls.days_only)
            except Invalid as refused:
                yield from refused.errors

    @property
    def limit(self) -> int:
        """How many a page has; fewer than asked for is a server's right (R4, search.html)."""
        return min(self.count, MAX_COUNT)

    def asked(self) -> Iterator[tuple[str, str]]:
        """Return the search as it was read, without its place."""
        said = self.model_dump(by_alias=True, exclude_unset=True, exclude={"cursor"})
        for name, value in said.items():
            values = value if isinstance(value, tuple) else (value,)
            yield from ((name, str(one)) for one in values)


class ObservationSearch(Search):
    """Measures of one kind."""

    dated = ("date",)
    days_only = False

    subject: Text | None = None
    code: Annotated[Text, Field(description="One of LOINC: 29463-7 or 85354-9.")]
    date: Dates = ()
    sort: Annotated[Literal["date", "-date"], Field(alias="_sort")] = "-date"

    @classmethod
    def _unknown(cls, asked: Mapping[str, Any]) -> Iterator[FieldError]:
        if "code" in asked and _bare(asked["code"]) not in CODES:
            yield FieldError("/query/code", "fhir_value", {"expected": ", ".join(CODES)})
        yield from super()._unknown(asked)

    def kind(self) -> MeasureKind:
        """Return which measures."""
        return CODES[_bare(self.code)]

    def span(self) -> Span:
        """Return when."""
        return dates.span("date", self.date)


class AppointmentSearch(Search):
    """Appointments, soonest first, over or not."""

    dated = ("date",)

    actor: Text | None = None
    date: Dates = ()
    sort: Annotated[Literal["date"], Field(alias="_sort")] = "date"

    def span(self) -> Span:
        """Return on which days they begin."""
        return dates.span("date", self.date, days_only=True)


class AppointmentName(Schema):
    """The one appointment that its author calls so: `system|value`."""

    identifier: Text


class DocumentSearch(Search):
    """Documents, last deposited first; by the day of care, if a period is asked for."""

    dated = ("period",)

    subject: Text | None = None
    status: Annotated[
        Literal["current"] | None, Field(description="No other is kept: what is withdrawn is gone.")
    ] = None
    type: Text | None = None
    period: Dates = ()

    def span(self) -> Span:
        """Return on which days of care."""
        return dates.span("period", self.period, days_only=True)

    def type_code(self) -> str | None:
        """Return which type, whatever the system that its code is said to be of."""
        return None if self.type is None else self.type.rpartition("|")[2]


class PatientSearch(Schema):
    """The patient of the token."""

    id: Annotated[Text, Field(alias="_id")]


def _bare(code: str) -> str:
    return code.removeprefix(f"{LOINC}|")
