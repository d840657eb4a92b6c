"""The mandatory exams of one child. Source: domain §5.3, JDV_ExamenEnfantObligatoire."""

from collections.abc import Iterator

from chalicelib.prevention.calendars import current
from chalicelib.prevention.model import Kind, Person, Source
from chalicelib.prevention.occurrences import Occurrence, day_before


def occurrences(person: Person) -> Iterator[Occurrence]:
    """Return the exams; a missed one can still be caught up until the next one opens.

    One counts from the end of the window of the one before it.
    """
    calendar, born = current().exams, person.birth_on
    nexts = [exam.opens.after(born) for exam in calendar.exams[1:]]
    nexts.append(calendar.exams[-1].closes.after(born))
    before = born
    for exam, following in zip(calendar.exams, nexts, strict=True):
        end = exam.closes.after(born)
        reason = calendar.reason
        if exam.certificate:
            reason = f"{reason} {calendar.certificate_reason}"
        opens = exam.opens.after(born)
        yield Occurrence(
            exam.id, "1", Kind.EXAM, exam.title, reason,
            Source(calendar.source, exam.code, calendar.certainty, calendar.window_certainty),
            opens, day_before(end), day_before(max(end, following)),
            counts_from=min(opens, before), early=calendar.early.about(), is_mandatory=True,
        )  # fmt: skip
        before = end
