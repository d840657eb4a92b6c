"""Opaque texts handed to clients: handles, names, cursors, links; encrypted and authenticated.

A handle stands for a patient towards one organisation for fifteen minutes; a cursor for a place in
one list of one caller, for a day. Neither can be read, edited, or used by or for anybody else
(A30). A link serves whoever holds it, while the record lists it (A22).
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from chalicelib.core import clock, ids
from chalicelib.core.errors import BadRequest
from chalicelib.vault import blind

HANDLE_LIFE: Final = timedelta(minutes=15)
CURSOR_LIFE: Final = timedelta(days=1)


def new_handle(pid: str, organisation_id: str, now: datetime) -> tuple[str, datetime]:
    """Return a handle of a patient for an organisation, and the instant it ends."""
    ends = now + HANDLE_LIFE
    payload = f"{clock.epoch(ends)}.{pid}".encode()
    return "h." + blind.seal_token("handle", payload, organisation_id.encode()), ends


def open_handle(handle: str, organisation_id: str, now: datetime) -> str | None:
    """Return the patient behind a handle, or None if it is not this organisation's, or ended."""
    try:
        payload = blind.open_token("handle", handle.removeprefix("h."), organisation_id.encode())
    except ValueError:
        return None
    ends, _, pid = payload.decode().partition(".")
    return pid if clock.epoch(now) < int(ends) else None


def patient_name(pid: str, application_id: str) -> str:
    """Return the name of a patient for one application: lasting, and nobody else's (R-SVC-01)."""
    return blind.seal_name("patient", ids.to_bytes(pid), application_id.encode())


def open_patient_name(name: str, application_id: str) -> str | None:
    """Return the patient behind a name, or None if it is not of this application."""
    try:
        return ids.from_bytes(blind.open_name("patient", name, application_id.encode()))
    except ValueError:
        return None


def new_cursor(position: dict[str, Any] | None, *scope: str) -> str | None:
    """Return a cursor for a position in the list that `scope` names (caller, route, filters)."""
    if position is None:
        return None
    ends = clock.epoch(clock.now() + CURSOR_LIFE)
    payload = json.dumps([ends, position], separators=(",", ":")).encode()
    return blind.seal_token("cursor", payload, "\n".join(scope).encode())


def open_cursor(cursor: str | None, *scope: str) -> dict[str, Any] | None:
    """Return the position behind a cursor.

    Raises:
        BadRequest: edited, or issued for another caller or list, or a day ago.
    """
    if cursor is None:
        return None
    try:
        payload = blind.open_token("cursor", cursor, "\n".join(scope).encode())
        ends, position = json.loads(payload)
        is_over = clock.epoch(clock.now()) >= ends
    except (ValueError, TypeError) as error:
        raise BadRequest("bad-cursor") from error
    if is_over or not position or not isinstance(position, dict):
        raise BadRequest("bad-cursor")
    return position


@dataclass(frozen=True, slots=True)
class Link:
    """What a calendar's link says: a record, one of its feeds, and 256 random bits of its own."""

    pid: str
    feed_id: str
    secret: str

    @property
    def proof(self) -> str:
        """What a row keeps of the secret: 64 hexadecimal characters that open nothing."""
        return hashlib.sha256(self.secret.encode()).hexdigest()


def write_link(link: Link) -> str:
    """Return the text of a link; another one each time, all of them good.

    Whoever reads the tables and holds the product's secret still lacks the link's own (A22).
    """
    return blind.seal_token("feed", f"{link.pid}.{link.feed_id}.{link.secret}".encode(), b"")


def read_link(text: str) -> Link | None:
    """Return what a link says, or None if it is not one of ours."""
    try:
        parts = blind.open_token("feed", text, b"").decode().split(".")
    except ValueError:
        return None
    return Link(*parts) if len(parts) == len(Link.__slots__) else None
