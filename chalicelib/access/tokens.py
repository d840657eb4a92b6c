"""Opaque texts handed to clients: handles, cursors, calendar links, encrypted and authenticated.

A handle stands for a patient towards one organisation for fifteen minutes; a cursor for a place in
one list of one caller, for a day. Neither can be read, edited, or used by or for anybody else
(A30). A link serves whoever holds it, while the record lists it (A22).
"""

import json
from datetime import datetime, timedelta
from typing import Any, Final

from chalicelib.core import clock
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


def new_link(pid: str, feed_id: str) -> str:
    """Return the secret of a calendar's link; another one each time, all of them good (A22).

    It has 128 random bits in `feed_id` alone, and is kept nowhere: whoever reads the tables or
    forges one without the product's secret has no link.
    """
    return blind.seal_token("feed", f"{pid}.{feed_id}".encode(), b"")


def open_link(link: str) -> tuple[str, str] | None:
    """Return the patient and the feed behind a link's secret, or None if it is not one."""
    try:
        pid, _, feed_id = blind.open_token("feed", link, b"").decode().partition(".")
    except ValueError:
        return None
    return pid, feed_id
