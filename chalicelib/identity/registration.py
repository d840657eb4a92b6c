"""What the operator does with the software of organisations: register, rotate, suspend, resume.

A registered key has a pointer row, so that it is never two organisations'; an organisation has one
for each of its software, so that it is found without reading the table. Each change is one
transaction on the version that was read, with its trace in the organisation's own history, and may
be repeated: what is already so is left alone.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Final

from joserfc.jwk import ECKey, KeySet, RSAKey

from chalicelib.access import store as access_store
from chalicelib.access.store import ACTIVE, SUSPENDED, ClientRow
from chalicelib.audit.store import TRACE_KIND, TraceRow, new_row, subject_of_trace
from chalicelib.core import ids, log, rows
from chalicelib.core.rows import Action, ConditionLost
from chalicelib.core.text import is_printable
from chalicelib.identity import acts, public_keys, store
from chalicelib.identity.public_keys import Key
from chalicelib.identity.store import ClientKeyRow, ClientOfRow
from chalicelib.identity.values import FINESS
from chalicelib.vault import envelope, keys

NAME_CHARS: Final = 120
_ELSEWHERE: Final = "a key is registered for other software"

Change = Callable[[ClientRow], list[Action] | None]


def register_client(name: str, finess: FINESS, jwks: Mapping[str, Any]) -> str:
    """Register software and its public keys, and return its id; the same one the second time.

    Raises:
        ValueError: a name that people could not read; no key, a private one, a weak one, or one
            that is registered elsewhere.
        Unavailable, StoreUnavailable: it may not be registered; trying again is safe.
    """
    if len(name) > NAME_CHARS or not is_printable(name):
        raise ValueError(f"a name is text to read, on one line of {NAME_CHARS} letters")
    public = public_keys.read(jwks)
    thumbprints = sorted(key.thumbprint() for key in public)
    known = _registered(thumbprints, finess)
    if known is not None:
        _point_to(known, finess)
        return known
    client_id = ids.new_secret_id()
    keys.create_branch_key(subject_of_trace(finess))
    pk, sk = access_store.client_key(client_id)
    client = ClientRow(
        pk=pk,
        sk=sk,
        kind="client",
        status=ACTIVE,
        name=name,
        organisation_id=finess,
        jwks=_text_of({key.thumbprint(): key for key in public}),
        trace_key=envelope.new_data_key(subject_of_trace(finess), TRACE_KIND),
    )
    pointers = [_pointer(one, client_id) for one in thumbprints]
    try:
        store.write_all(
            [client, *pointers, _listing(client_id, finess), _trace("register", client)]
        )
    except ConditionLost as error:
        known = _registered(thumbprints, finess)
        if known is None:
            raise ValueError(_ELSEWHERE) from error
        return known
    return client_id


def find_client(client_id: str) -> ClientRow:
    """Return the row of an organisation's software.

    Raises:
        ValueError: there is none of that id.
        Tampered: the row is not as the product wrote it.
        StoreUnavailable: the store did not answer.
    """
    known = ids.is_id(client_id)
    found = rows.get(ClientRow, *access_store.client_key(client_id)) if known else None
    if found is None:
        raise ValueError("there is no client of that id")
    return found


def clients_of(finess: FINESS) -> dict[str, ClientRow]:
    """Return the software of an organisation, by id; a pointer to none of its own is passed by.

    Raises:
        Tampered, StoreUnavailable: as `find_client`.
    """
    query = store.clients_of(finess)
    found = rows.all_items(query, rows.query(query))
    known = sorted(item["sk"]["S"].partition("#")[2] for item in found)
    clients = rows.fetch([(ClientRow, *access_store.client_key(one)) for one in known])
    return {
        client_id: row
        for client_id, row in zip(known, clients, strict=True)
        if isinstance(row, ClientRow) and row.organisation_id == finess
    }


def suspend_client(client_id: str) -> None:
    """Refuse software every token, and for good every request with one it has, from the next on.

    Raises:
        ValueError, Tampered: as `find_client`; or it is neither active nor suspended.
        Unavailable, StoreUnavailable: it may not be done; trying again is safe.
    """
    _set_status(client_id, SUSPENDED, of=ACTIVE, verb="suspend")


def resume_client(client_id: str) -> None:
    """Serve suspended software again, once it has asked for another token.

    Raises as `suspend_client`.
    """
    _set_status(client_id, ACTIVE, of=SUSPENDED, verb="resume")


def replace_keys(client_id: str, jwks: Mapping[str, Any], *, keeps_former: bool) -> list[str]:
    """Give software other public keys, and return the thumbprints of all it then has.

    Former keys that are not kept sign nothing from the next request for a token on; they may then
    be registered again.

    Raises:
        ValueError, Tampered: as `find_client` and `register_client`; or too many keys, or two that
            nothing tells apart.
        Unavailable, StoreUnavailable: it may not be done; trying again is safe.
    """
    given = {key.thumbprint(): key for key in public_keys.read(jwks)}
    wanted: dict[str, Key] = {}

    def change(client: ClientRow) -> list[Action] | None:
        former = {key.thumbprint(): key for key in _keys_of(client)}
        wanted.clear()
        wanted.update({**former, **given} if keeps_former else given)
        public_keys.check_together(list(wanted.values()))
        moved = _moved_pointers(client_id, former.keys() - wanted.keys(), wanted.keys())
        if not moved and _text_of(wanted) == _text_of(former):
            return None
        client.jwks = _text_of(wanted)
        return moved

    _change(client_id, "replace-keys", change)
    return sorted(wanted)


def thumbprints_of(client: ClientRow) -> dict[str, str | None]:
    """Return the RFC 7638 thumbprints of software's keys, each with its `kid` if it has one."""
    return {key.thumbprint(): key.kid for key in _keys_of(client)}


def _set_status(client_id: str, status: str, *, of: str, verb: str) -> None:
    def change(client: ClientRow) -> list[Action] | None:
        if client.status == status:
            return None
        if client.status != of:
            raise ValueError(f"the client is {client.status}")
        if status == SUSPENDED:
            client.suspend()
        client.status = status
        return []

    _change(client_id, verb, change)


def _change(client_id: str, verb: str, change: Change) -> None:
    """Change software's row and what goes with it, and trace it; None: it is already so."""
    changed = acts.carry_out(
        lambda: find_client(client_id), change, lambda client: _trace(verb, client)
    )
    if changed is not None:
        log.write("client changed", action=verb, client=client_id)


def _keys_of(client: ClientRow) -> list[Key]:
    known = json.loads(client.jwks)
    found = KeySet.import_key_set(known).keys if known.get("keys") else []
    return [key for key in found if isinstance(key, ECKey | RSAKey)]


def _text_of(by_thumbprint: Mapping[str, Key]) -> str:
    """Write a key set; the same keys in any order are the same text."""
    ordered = [by_thumbprint[one].as_dict(private=False) for one in sorted(by_thumbprint)]
    return json.dumps({"keys": ordered}, sort_keys=True)


def _moved_pointers(
    client_id: str, dropped: AbstractSet[str], wanted: AbstractSet[str]
) -> list[Action]:
    found = _pointers(sorted(dropped | wanted))
    if any(found[one].client_id != client_id for one in found.keys() & wanted):
        raise ValueError(_ELSEWHERE)
    added = [rows.put(_pointer(one, client_id)) for one in sorted(wanted - found.keys())]
    mine = [row for one, row in found.items() if one in dropped and row.client_id == client_id]
    return added + [rows.delete(row) for row in mine]


def _pointer(thumbprint: str, client_id: str) -> ClientKeyRow:
    pk, sk = store.client_key_key(thumbprint)
    return ClientKeyRow(pk=pk, sk=sk, kind="client_key", client_id=client_id)


def _pointers(thumbprints: Sequence[str]) -> dict[str, ClientKeyRow]:
    wishes = [(ClientKeyRow, *store.client_key_key(one)) for one in thumbprints]
    pairs = zip(thumbprints, rows.fetch(wishes), strict=True)
    return {one: row for one, row in pairs if isinstance(row, ClientKeyRow)}


def _listing(client_id: str, finess: FINESS) -> ClientOfRow:
    pk, sk = store.client_of_key(finess, client_id)
    return ClientOfRow(pk=pk, sk=sk, kind="client_of")


def _point_to(client_id: str, finess: FINESS) -> None:
    """List software that was registered before organisations had a list."""
    try:
        rows.write([rows.put(_listing(client_id, finess))])
    except ConditionLost:
        return


def _trace(verb: str, client: ClientRow) -> TraceRow:
    """Seal, in the organisation's own history, what the operator did to its software."""
    finess, client_id = client.organisation_id, client.pk.partition("#")[2]
    trace = acts.new_trace(f"client:{verb}", organisation=client.name, reference=client_id)
    return new_row(finess, is_patient=False, trace=trace, data_key=bytes(client.trace_key))


def _registered(thumbprints: list[str], finess: str) -> str | None:
    """Return the software these very keys were registered for, if it is this organisation's."""
    pointers = _pointers(thumbprints)
    owners = {pointer.client_id for pointer in pointers.values()}
    if not pointers:
        return None
    if len(owners) != 1 or len(pointers) != len(thumbprints):
        raise ValueError(_ELSEWHERE)
    (client_id,) = owners
    client = rows.get(ClientRow, *access_store.client_key(client_id))
    if client is None or client.organisation_id != finess:
        raise ValueError(_ELSEWHERE)
    return client_id
