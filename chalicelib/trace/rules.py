"""How traces are gathered into lines: repeats of one day are counted, the last one first."""

from collections.abc import Iterable
from dataclasses import replace

from chalicelib.core.zones import PARIS
from chalicelib.trace.model import Entry, Group, Shown


def group(entries: Iterable[Entry], limit: int) -> tuple[list[Group], Entry | None]:
    """Gather entries, given the last first, into at most `limit` lines.

    Returns the lines, in the order of their last entry, and the entry that would have started a
    line too many, or None if all entries were gathered; nothing is read after that entry.
    """
    lines: dict[tuple[int, Shown], Group] = {}
    for entry in entries:
        line = (entry.at.astimezone(PARIS).toordinal(), entry.shown)
        known = lines.get(line)
        if known is not None:
            first, last = min(known.first_at, entry.at), max(known.last_at, entry.at)
            lines[line] = replace(known, count=known.count + 1, first_at=first, last_at=last)
        elif len(lines) == limit:
            return list(lines.values()), entry
        else:
            lines[line] = Group(entry.id, entry.shown, 1, entry.at, entry.at)
    return list(lines.values()), None
