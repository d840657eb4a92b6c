"""What lists in order of days are asked for."""

from datetime import date
from typing import Annotated

from pydantic import Field, StringConstraints

from chalicelib.core.errors import FieldError, Invalid
from chalicelib.http.endpoint import Schema
from chalicelib.http.fields import Day


class DaysQuery(Schema):
    """Which days, both included, from where on, and how many."""

    from_: Annotated[Day | None, Field(alias="from")] = None
    to: Day | None = None
    cursor: Annotated[str, StringConstraints(max_length=1000)] | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50

    def days(self) -> tuple[date | None, date | None]:
        """Return the first and last day; None: no bound.

        Raises:
            Invalid: `/query/to`, the last comes before the first.
        """
        if self.from_ and self.to and self.to < self.from_:
            raise Invalid(errors=(FieldError("/query/to", "date_order"),))
        return self.from_, self.to
