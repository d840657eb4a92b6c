"""What a use case holds inside the gate: sealed reads, pending writes, and its trace."""

from datetime import datetime
from typing import Any, TypeVar

from chalicelib.access import policy
from chalicelib.access.entry import Entry
from chalicelib.access.model import Action, Refusal, Right
from chalicelib.access.store import (
    RECORD_KIND,
    ClientRow,
    SettingsRow,
    name_of,
    subject_of_record,
)
from chalicelib.core import events, rows
from chalicelib.core.errors import NotFound, Problem
from chalicelib.core.events import Event, EventType
from chalicelib.core.rows import Page, Row
from chalicelib.vault import envelope
from chalicelib.vault.envelope import WrappedKey

R = TypeVar("R", bound=Row)


class Replayed(Exception):  # noqa: N818  an outcome, not a fault
    """The request was done before: `reference` is what it made. Answer as the first time."""

    def __init__(self, reference: str) -> None:
        """Take the id of what the first request made."""
        super().__init__("replayed")
        self.reference = reference


class Unit:
    """One authorised action on one record. Made by the gate only."""

    def __init__(
        self, entry: Entry, action: str, now: datetime, reference: str | None = None
    ) -> None:
        """Take what was read on entering; nothing has been decided yet."""
        self.entry = entry
        self.action = action
        self.now = now
        self.right = Right.NONE
        self.refusal: Refusal | None = None
        self.is_refused = False
        self.new_name: str | None = None  # of who only now comes to represent the person
        self.ends_link = False  # of who acts with this record, in what she writes
        self.is_secret = False  # kept from who represents a minor, its trace too (D15)
        self.is_withheld = False  # kept from the person herself until it is announced (D15)
        self.refused_as: str | None = None  # what a refusal says was asked, unless it is withheld
        self.traced_as: str | None = None  # what it came to, when that is not what was asked
        self.traced_about: str | None = None  # what the trace alone names, and no other row
        self.outcome: Refusal | None = None  # why it came to nothing, where that is written too
        self.is_traced = False  # it goes on with what a line of the history already says
        self.marker: Row | None = None  # then, the row that tells whether it was written
        self.new_settings: SettingsRow | None = None
        self.concerns_record = True  # and so is traced in its history, if there is such a record
        self.reference = reference
        self.writes: list[rows.Action] = []
        self.losses: list[Problem | None] = []
        self.events: list[Event] = []

    @property
    def pid(self) -> str:
        """The record acted upon."""
        return self.entry.pid

    @property
    def actor_name(self) -> str | None:
        """The name of who acts: a professional's, or that of who represents a minor.

        Raises:
            Tampered, KeyMissing, Unavailable: it does not open.
        """
        proxy, session = self.entry.proxy, self.entry.session
        if self.new_name:
            return self.new_name
        if proxy is not None and proxy.sealed is not None and self.entry.settings is not None:
            return name_of(proxy, self.pid)
        return None if isinstance(session, ClientRow) else session.name

    @property
    def pages(self) -> list[Page]:
        """The pages read beside the deciding rows, in the order their queries were given."""
        return self.entry.pages

    def row(self, model: type[R], pk: str, sk: str) -> R | None:
        """Return a row named on entering, or None if it does not exist."""
        return self.entry.row(model, pk, sk)

    def target(self, model: type[R]) -> R:
        """Return the row acted upon; the policy has checked that it exists."""
        wish = self.entry.target_wish
        row = self.entry.row(model, wish[1], wish[2]) if wish else None
        if row is None:
            raise LookupError("no such target was named")
        return row

    def may(self, action: Action) -> bool:
        """Tell whether the actor could do something else in this record, at this instant."""
        return policy.decide(action, self.entry.facts(self.now)).is_allowed

    def seal(self, value: dict[str, Any], pk: str, sk: str) -> bytes:
        """Seal a payload for one row of this record.

        Raises:
            Unavailable: the key service does not answer.
        """
        return envelope.seal_row(value, **self._vault(), data_key=self._key(), pk=pk, sk=sk)

    def open(self, sealed: bytes, pk: str, sk: str) -> dict[str, Any]:
        """Open a payload sealed for that row of this record.

        Raises:
            Tampered: altered, or moved from elsewhere.
            Unavailable: the key service does not answer.
        """
        return envelope.open_row(sealed, **self._vault(), pk=pk, sk=sk)

    def seal_content(self, content: bytes) -> bytes:
        """Seal a file of this record."""
        return envelope.seal(content, **self._vault(), data_key=self._key())

    def open_content(self, sealed: bytes) -> bytes:
        """Open a file of this record: buffered, verified whole, then released."""
        return envelope.open_(sealed, **self._vault())

    def seal_piece(self, content: bytes | memoryview, name: str) -> bytes:
        """Seal a piece of a file of this record, that opens under this name only."""
        return envelope.seal_named(content, name, **self._vault(), data_key=self._key())

    def open_piece(self, sealed: bytes | memoryview, name: str) -> bytes:
        """Open a piece sealed under a name: verified whole, then released."""
        return envelope.open_named(sealed, name, **self._vault())

    def write(self, action: rows.Action, *, lost: Problem | None = None) -> None:
        """Add a write to the transaction; `lost` is the answer if its condition does not hold."""
        self.writes.append(action)
        self.losses.append(lost)

    def put(self, row: Row, *, lost: Problem | None = None) -> None:
        """Add the writing of a row: new, or still at the version read."""
        self.write(rows.put(row), lost=lost)

    def go_on(self, marker: Row | None = None) -> None:
        """Write no line of the history: one says already what this goes on with.

        `marker`, if anything is written, is the row of it that nobody else would write the same.
        """
        self.is_traced, self.marker = True, marker

    def change_settings(self) -> SettingsRow:
        """Return the space's settings to be changed: they are written with the rest.

        Whoever changed them meanwhile wins: the answer is then a conflict.
        """
        if self.entry.settings is None:
            raise LookupError("the space is not open")
        if self.new_settings is None:
            self.new_settings = SettingsRow(**self.entry.settings.attribute_values)
        return self.new_settings

    def emit(
        self,
        event_type: EventType,
        reference: str,
        *,
        to: str | None = None,
        by: str | None = None,
    ) -> None:
        """Announce something, in the same transaction; ids only.

        `to`: another record. `by`: the account to which it is no news.
        """
        self.events.append(events.new_event(event_type, to or self.pid, reference, by))

    def about(self, reference: str) -> None:
        """Say which thing the trace is about."""
        self.reference = reference

    def refuse(self, reason: Refusal) -> NotFound:
        """Return the refusal to raise; the reason goes to the trace only."""
        self.refusal = reason
        return NotFound()

    def require(self, *, holds: bool, reason: Refusal) -> None:
        """Refuse unless a rule of the domain holds.

        Raises:
            NotFound: it does not; traced with the reason.
        """
        if not holds:
            raise self.refuse(reason)

    def record_key(self) -> WrappedKey | None:
        """Return the record's data key, if there is such a record."""
        if self.entry.settings is None:
            return None
        return WrappedKey(**self._vault(), data_key=self._key())

    def _vault(self) -> dict[str, str]:
        return {"subject": subject_of_record(self.pid), "kind": RECORD_KIND}

    def _key(self) -> bytes:
        settings = self.entry.settings
        if settings is None:
            raise LookupError("the space is not open")
        return bytes(settings.record_key)
