"""A text in a calendar, loaded on first use with the library that escapes it."""

from icalendar import vText


class Text(vText):
    r"""A text kept as it is: the library reads a backslash and an N, as in `C:\NOTE`, as a line."""

    def to_ical(self) -> bytes:
        """Escape it (RFC 5545, 3.3.11)."""
        return rb"\\N".join(vText(part).to_ical() for part in self.split(r"\N"))
