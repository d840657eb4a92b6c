"""What a person may allow an application, one by one: a kind of data, and a direction (R-SVC-02).

What is not here, no application does. Which action takes which is in `policy`.
"""

from enum import StrEnum


class Permission(StrEnum):
    """One line of a consent; off unless the person turns it on."""

    WEIGHT_READ = "weight:read"
    WEIGHT_WRITE = "weight:write"
    BLOOD_PRESSURE_READ = "blood_pressure:read"
    BLOOD_PRESSURE_WRITE = "blood_pressure:write"
    APPOINTMENT_READ = "appointment:read"
    APPOINTMENT_WRITE = "appointment:write"
    DOCUMENT_READ = "document:read"
    DOCUMENT_WRITE = "document:write"
