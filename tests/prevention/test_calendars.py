import json
from datetime import date
from pathlib import Path

import pytest
from pydantic import ValidationError

from chalicelib import prevention
from chalicelib.prevention.calendars import ScreeningCalendar, current, read_period

_DATA = Path(str(prevention.__file__)).parent / "data"


def test_there_are_twenty_exams_each_with_its_code() -> None:
    codes = {exam.code for exam in current().exams.exams}
    assert len(codes) == 20
    assert "MED-1306" in codes
    assert "MED-1226" not in codes


def test_an_unknown_field_stops_the_reading() -> None:
    raw = json.loads((_DATA / "screening_fr_2025.json").read_text(encoding="utf-8"))
    ScreeningCalendar.model_validate_json(json.dumps(raw))
    raw["programmes"][0]["maximum"] = "P80Y"
    with pytest.raises(ValidationError):
        ScreeningCalendar.model_validate_json(json.dumps(raw))


@pytest.mark.parametrize("text", ["", "P", "2Y", "P1H", "P-1Y", "PT1M", 3, None])
def test_what_is_no_period_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match="duration"):
        read_period(text)


@pytest.mark.parametrize(
    ("day", "period", "expected"),
    [
        (date(2024, 2, 29), "P18Y", date(2042, 3, 1)),
        (date(2024, 2, 29), "P4Y", date(2028, 2, 29)),
        (date(2026, 12, 31), "P2M", date(2027, 3, 1)),
        (date(2026, 10, 31), "P1M", date(2026, 12, 1)),
        (date(2026, 11, 20), "P6W", date(2027, 1, 1)),
        (date(9990, 1, 1), "P10Y", date.max),
        (date(9999, 12, 30), "P8D", date.max),
    ],
)
def test_an_age_is_never_reached_early(day: date, period: str, expected: date) -> None:
    assert read_period(period).after(day) == expected
