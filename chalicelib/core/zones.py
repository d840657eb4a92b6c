"""Time zones that the product names by itself. Pure."""

from typing import Final
from zoneinfo import ZoneInfo

PARIS: Final = ZoneInfo("Europe/Paris")
