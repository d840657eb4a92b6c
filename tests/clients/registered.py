"""An application of the catalogue, for clients that others wrote."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from infra.local import config

CLIENT_ID: Final = "7H3CQW5M9TB2XKDZ4RGEJ8NVAP"
NAME: Final = "Client d’essai"
SAID: Final[dict[str, Any]] = {
    "id": CLIENT_ID,
    "name": NAME,
    "publisher": {"name": "Éditeur Exemple", "website": "https://editeur.example"},
    "purpose": "Suivre votre poids.",
    "theme": "well_being",
    "platforms": ["web"],
    "price": {"kind": "free", "detail": "Gratuit"},
    "data_asked": [
        {"permission": "weight:read", "why": "Pour tracer votre courbe."},
        {"permission": "weight:write", "why": "Pour ajouter chaque pesée."},
    ],
    "retention": "Rien n’est gardé.",
    "site": "https://editeur.example/essai",
    "privacy": "https://editeur.example/vos-donnees",
    "redirect_uris": ["http://127.0.0.1/retour"],
}
CRITERIA: Final = (
    "urbanisation",
    "interoperability",
    "security",
    "data_protection",
    "ethics",
)


def registered(product: config.Config, folder: Path, said: dict[str, Any] = SAID) -> str:
    """Have a public client online, registered as an operator does; return its id."""
    client_id: str = said["id"]
    if client_id not in _operates(product, "list", "--state", "online"):
        file = folder / "application.json"
        file.write_text(json.dumps(said), encoding="utf-8")
        _operates(product, "register", str(file))
        _operates(product, "review", client_id, *CRITERIA)
        _operates(product, "state", client_id, "online", "--reason", "Essai.")
    return client_id


def _operates(running: config.Config, *arguments: str) -> str:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "CARNET_"))}
    done = subprocess.run(
        [sys.executable, "-m", "infra.local.operate", "application", *arguments],
        cwd=config.ROOT,
        env=kept | {"CARNET_STATE": str(running.state)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
