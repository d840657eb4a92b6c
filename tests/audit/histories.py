"""Histories of records: made through the gate, sealed by the worker, proven by the use case."""

import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from chalicelib.access import gate
from chalicelib.access.model import Action
from chalicelib.audit import keys
from chalicelib.core.errors import NotFound
from chalicelib.core.rows import table_name
from chalicelib.http.principal import Principal
from chalicelib.trace import routes
from chalicelib.trace.usecases import read_proof
from chalicelib.workers.archive import archive
from tests import double
from tests.builders import Patient
from tests.workers.lambda_events import from_stream, serve

VERIFIER: Final = Path(__file__).parents[2] / "tools" / "verify_trace.py"

Pages = list[dict[str, Any]]


def verifier() -> ModuleType:
    """Load the stand-alone program: it is not part of the product's packages."""
    spec = importlib.util.spec_from_file_location("verify_trace", VERIFIER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def look(principal: Principal, pid: str, times: int = 1) -> None:
    """Leave traces in a record, of a read or of its refusal."""
    for _ in range(times):
        try:
            with gate.enter(principal, Action.DOCUMENT_LIST, pid):
                pass
        except NotFound:
            continue


def images(pid: str) -> list[dict[str, Any]]:
    """Return a record's traces as the table's stream carries them, in order."""
    items = double.tables()[table_name("audit")].items()
    return [item for (pk, _), item in sorted(items) if pk == f"P#{pid}"]


def seal(pid: str) -> None:
    assert serve(archive, from_stream(*images(pid))) == []


def sealed(pid: str) -> list[dict[str, Any]]:
    """Return the places of a record's sequence, in order."""
    items = double.tables()[table_name("audit")].items()
    return [
        item
        for (pk, sk), item in sorted(items)
        if pk == f"Q#{pid}#general" and sk < "T" and sk > "R"
    ]


def proof(person: Patient) -> Pages:
    """Return every page of a proof, as JSON goes over the wire."""
    pages: Pages = []
    cursor = None
    while True:
        found = read_proof(person.principal, person.pid, cursor)
        pages.append(json.loads(routes.proof_out(person.pid, found).model_dump_json()))
        cursor = found.next
        if cursor is None:
            return pages


def public_keys() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(keys.published()))
    return found
