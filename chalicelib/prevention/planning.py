"""Tie what is recommended to the appointment that the person set for it. Call inside the gate.

The answer « Rendez-vous prévu » holds until the day of the appointment, the last day included; then
it is asked again whether it was done. It follows the appointment, and goes with it.
"""

from dataclasses import replace
from datetime import date

from chalicelib.access.gate import Unit
from chalicelib.prevention import usecases
from chalicelib.prevention.model import Answer, Choice, State


def plan(unit: Unit, token: str, appointment_id: str, on: date) -> bool:
    """Note that an appointment is set for a recommendation; False: none waits under this token."""
    known = usecases.known(unit)
    target = usecases.found(unit, known, token)
    if target is None or target.state in (State.DONE, State.NOT_CONCERNED):
        return False
    others = [one for one in known.answers if not usecases.is_about(one, target)]
    planned = Answer(
        target.rule_id, target.occurrence, Choice.PLANNED, on=on, appointment=appointment_id
    )
    usecases.keep(unit, known, [*others, planned])
    return True


def move(unit: Unit, appointment_id: str, on: date) -> None:
    """Follow an appointment to another day; nothing to follow is no fault."""
    known = usecases.known(unit)
    moved = [
        replace(one, on=on) if one.appointment == appointment_id else one for one in known.answers
    ]
    if moved != known.answers:
        usecases.keep(unit, known, moved)


def unplan(unit: Unit, appointment_id: str) -> None:
    """Take back that an appointment was set; nothing to take back is no fault."""
    known = usecases.known(unit)
    left = [one for one in known.answers if one.appointment != appointment_id]
    if left != known.answers:
        usecases.keep(unit, known, left)
