"""Put the fictitious applications into the catalogue of the running product. Safe to repeat.

The operator's own use cases register, review and decide of them. What somebody decided of one
since then is left alone. Those that run here find who they are in the state folder.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from chalicelib.catalogue import rules, usecases
from chalicelib.catalogue.model import OPERATOR, Application, Draft, State
from chalicelib.catalogue.schemas import ApplicationDraft, draft_of
from chalicelib.core.errors import Conflict
from chalicelib.core.settings import settings
from infra.local import key_files

if TYPE_CHECKING:
    from infra.local.config import Config

FILE: Final = Path(__file__).with_name("data") / "applications.json"
_REVIEWED: Final = "Revue favorable (exemple)."


def reference(here: Config) -> int:
    """Register the applications of the file, in their states; return how many there are."""
    found = json.loads(FILE.read_text(encoding="utf-8"))["applications"]
    for one in found:
        _reference(one, here)
    return len(found)


def _reference(one: dict[str, Any], here: Config) -> None:
    draft = _draft(one, here)
    application = _registered(one["id"], draft)
    if "runs_at" in one:
        _tell(here.applications / one["slug"], application)
    state = State(one["state"])
    if application.state is not State.CANDIDATE or state is State.CANDIDATE:
        return
    if state is not State.DELISTED:
        usecases.review(OPERATOR, application.id, rules.missing_checks(application))
        usecases.set_state(OPERATOR, application.id, State.ONLINE, _REVIEWED)
    if state is not State.ONLINE:
        usecases.set_state(OPERATOR, application.id, state, one["reason"])


def _draft(one: dict[str, Any], here: Config) -> Draft:
    port = str(here.port + one.get("runs_at", 0))
    said = json.dumps(one["said"]).replace("{port}", port)
    draft = draft_of(ApplicationDraft.model_validate_json(said, strict=True))
    if not one.get("has_keys"):
        return draft
    _, public = key_files.key_pair(here.applications / one["slug"])
    return replace(draft, jwks={"keys": [json.loads(public.read_text(encoding="utf-8"))]})


def _registered(application_id: str, draft: Draft) -> Application:
    """Return the application as it is said now; one that was delisted stays as it was."""
    try:
        return usecases.register(OPERATOR, draft, application_id=application_id)
    except Conflict:
        known = usecases.find(application_id)
    if known.state is State.DELISTED:
        return known
    return usecases.change(OPERATOR, application_id, draft)


def _tell(folder: Path, application: Application) -> None:
    """Say to an application that runs here who it is, and where the product is."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = application.draft
    client: dict[str, object] = {
        "client_id": application.id,
        "name": draft.name,
        "site": draft.site,
        "redirect_uri": draft.redirect_uris[0],
        "fhir_base_url": f"{settings().public_base_url}/fhir/R4",
    }
    if draft.jwks:
        client["private_key"] = str(folder / "private.jwk.json")
    key_files.write(folder / "client.json", client)
