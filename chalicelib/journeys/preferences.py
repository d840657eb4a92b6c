"""When and how a person wants to be told: her zone, her quiet hours, what she wants told."""

from dataclasses import replace
from datetime import time, timedelta
from typing import Annotated, Final, Literal

from pydantic import Field

from chalicelib.access import gate
from chalicelib.access.gate import Unit
from chalicelib.access.model import Action
from chalicelib.access.usecases import until_it_holds
from chalicelib.agenda.times import is_zone
from chalicelib.core.errors import FieldError, Invalid, Stale
from chalicelib.http.endpoint import Answer, Call, NoQuery, Schema, endpoint
from chalicelib.identity import children
from chalicelib.identity.store import contact_wish
from chalicelib.prevention import usecases as prevention
from chalicelib.reminders import rules, store
from chalicelib.reminders.model import NO_QUIET_HOURS, Preferences
from chalicelib.reminders.store import PreferencesRow

_PATH: Final = "/v1/patients/{pid}/preferences"
_HOUR: Final = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
# Longer silences would leave no time of day at which to tell anything.
LONGEST_QUIET: Final = timedelta(hours=14)


class MailChoices(Schema):
    """Which mails the person wants; those about accesses are mandatory (R-NOT-02)."""

    document: bool
    appointment: bool
    prevention: bool
    message: bool = True


class ReminderChoices(Schema):
    """What the person wants to be reminded of; refused, there is neither mail nor notice."""

    vaccination: bool = Field(description="Vaccines, and the exams of a child.")
    screening: bool


Hour = Annotated[str, Field(pattern=_HOUR)]


class PreferencesBody(Schema):
    """Hours are local, as `21:00`, and two different ones; both null: no quiet hours."""

    zone: str = Field(max_length=50)
    quiet_from: Hour | None
    quiet_until: Hour | None
    mail: MailChoices
    remind: ReminderChoices


class PreferencesOut(PreferencesBody):
    """`address` tells whether the identity provider gave an address to write to, never which."""

    address: Literal["known", "none"]
    version: int


@endpoint("GET", _PATH, answers={200: PreferencesOut})
def read_preferences(call: Call[None, NoQuery]) -> Answer:
    """Read one's preferences; the defaults, at version 0, while none were set."""
    pid, uid = gate.resolve(call.principal, call.path["pid"]), call.principal.id
    wanted = [store.preferences_wish(pid), contact_wish(uid)]
    with gate.enter(call.principal, Action.PREFERENCES_READ, pid, wanted=wanted) as unit:
        out = _out(unit, unit.row(*store.preferences_wish(pid)), uid)
    return Answer(out, version=out.version)


@endpoint("PUT", _PATH, body=PreferencesBody, if_match=True, answers={200: PreferencesOut})
def set_preferences(call: Call[PreferencesBody, NoQuery]) -> Answer:
    """Set one's preferences, all at once; what prevention reminds of follows at once."""
    return until_it_holds(lambda: _set(call))


def _set(call: Call[PreferencesBody, NoQuery]) -> Answer:
    pid, uid = gate.resolve(call.principal, call.path["pid"]), call.principal.id
    wanted = [*prevention.wanted_to_arm(pid), contact_wish(uid)]
    with gate.enter(call.principal, Action.PREFERENCES_SET, pid, wanted=wanted) as unit:
        row = unit.row(*store.preferences_wish(pid))
        version = store.version_of(row)
        before = store.preferences_of(row)
        chosen = replace(_chosen(call.body), hidden_cards=before.hidden_cards)
        if call.if_match != version:
            raise Stale
        new = store.preferences_row(pid, chosen, version or None)
        unit.put(new, lost=Stale())
        children.keep_majority(unit, chosen.zone)
        prevention.arm_anew(unit, before, chosen)
        out = _out(unit, new, uid).model_copy(update={"version": version + 1})
    return Answer(out, version=out.version)


def _chosen(body: PreferencesBody) -> Preferences:
    """Read what was chosen; every error at once."""
    errors = [] if is_zone(body.zone) else [FieldError("/zone", "unknown_zone")]
    (quiet_from, quiet_until), wrong = _quiet(body)
    errors += wrong
    if errors:
        raise Invalid(errors=tuple(errors))
    return Preferences(
        zone=body.zone,
        quiet_from=quiet_from,
        quiet_until=quiet_until,
        mail_document=body.mail.document,
        mail_appointment=body.mail.appointment,
        mail_prevention=body.mail.prevention,
        mail_message=body.mail.message,
        remind_vaccination=body.remind.vaccination,
        remind_screening=body.remind.screening,
    )


def _quiet(body: PreferencesBody) -> tuple[tuple[time, time], list[FieldError]]:
    if body.quiet_from is None and body.quiet_until is None:
        return NO_QUIET_HOURS, []
    hours = {"/quiet_from": body.quiet_from, "/quiet_until": body.quiet_until}
    missing = [FieldError(pointer, "missing") for pointer, hour in hours.items() if hour is None]
    if missing:
        return NO_QUIET_HOURS, missing
    begins, ends = (time.fromisoformat(hour or "") for hour in hours.values())
    if begins == ends:
        return NO_QUIET_HOURS, [FieldError("/quiet_until", "quiet_none")]
    if rules.quiet_length(begins, ends) > LONGEST_QUIET:
        most = {"hours": LONGEST_QUIET // timedelta(hours=1)}
        return NO_QUIET_HOURS, [FieldError("/quiet_until", "quiet_too_long", most)]
    return (begins, ends), []


def _out(unit: Unit, row: PreferencesRow | None, uid: str) -> PreferencesOut:
    chosen = store.preferences_of(row)
    return PreferencesOut(
        zone=chosen.zone,
        quiet_from=chosen.quiet_from.isoformat("minutes") if chosen.has_quiet_hours else None,
        quiet_until=chosen.quiet_until.isoformat("minutes") if chosen.has_quiet_hours else None,
        mail=MailChoices(
            document=chosen.mail_document,
            appointment=chosen.mail_appointment,
            prevention=chosen.mail_prevention,
            message=chosen.mail_message,
        ),
        remind=ReminderChoices(
            vaccination=chosen.remind_vaccination, screening=chosen.remind_screening
        ),
        address="known" if unit.row(*contact_wish(uid)) else "none",
        version=store.version_of(row),
    )
