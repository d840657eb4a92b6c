"""The product's own code on the host: what the single promises are for, all together."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING, Final

from chalicelib.core import clock, ids, rows
from chalicelib.identity import spaces, store
from chalicelib.identity.model import Person
from chalicelib.identity.store import PersonRow
from chalicelib.identity.values import Traits, parse_ins
from chalicelib.storage import blobs
from chalicelib.storage.blobs import BlobMissing
from chalicelib.vault import blind
from infra.qualify.promise import BrokenError, Promise, expect

if TYPE_CHECKING:
    from infra.qualify.promise import Host

# A fictitious person, with a number of the test range.
_PERSON: Final = Person(
    Traits(
        family_name="FICTIF-UN",
        given_names=("ALIX",),
        birth_date=date(1990, 1, 1),
        sex="F",
        birth_place="29019",
    ),
    parse_ins("290012901990043"),
    "1.2.250.1.213.1.4.11",
)


def _space(host: Host) -> None:
    """Open a space twice: branch keys, sealing, a transaction of several tables, unique numbers."""
    del host
    blind.ensure_secret()
    pid = spaces.open_space(_PERSON)
    expect(spaces.open_space(_PERSON), pid, "the space opened again")
    expect(spaces.read_person(pid), _PERSON, "who is sealed in it")


def _sealed(host: Host) -> None:
    del host
    blind.ensure_secret()
    row = rows.get(PersonRow, *store.person_key(spaces.open_space(_PERSON)))
    if row is None or b"FICTIF" in bytes(row.sealed or b""):
        raise BrokenError("an identity that anybody may read, or none")


def _file(host: Host) -> None:
    del host
    name = blobs.new_name(ids.new_secret_id(), ids.new_id(), clock.now())
    blobs.put_once(name, b"sealed")
    blobs.put_once(name, b"sealed")  # as after a lost answer
    expect(blobs.get(name), b"sealed", "the file")
    blobs.discard(name)
    with suppress(BlobMissing):
        blobs.get(name)
        raise BrokenError("it is still there once discarded")


PROMISES: Final = (
    Promise("product", "a space is opened once, and its holder's identity opens", _space),
    Promise("product", "nothing of an identity is stored in clear", _sealed),
    Promise("product", "a sealed file is written once, read, discarded", _file),
)
