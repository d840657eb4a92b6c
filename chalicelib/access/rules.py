"""What an authorisation becomes when the person gives or takes it back. Pure."""

from datetime import datetime, timedelta
from typing import Final, Literal

ShownStatus = Literal["active", "withdrawn", "expired"]

# Source: R-AUT-02 (validity of one year read in a guide of 2010 only: a parameter).
AUTHORISATION_LIFE: Final = timedelta(days=365)


def until(now: datetime) -> datetime:
    """Return the instant at which an authorisation given now ends (exclusive)."""
    return now + AUTHORISATION_LIFE


def shown_status(*, active: bool, withdrawn: bool) -> ShownStatus:
    """Return the state a person sees: `active`, `withdrawn` or `expired`."""
    if active:
        return "active"
    return "withdrawn" if withdrawn else "expired"
