"""Key pairs of fictitious software, made on this machine and never committed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from joserfc.jwk import ECKey

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def key_pair(folder: Path) -> tuple[Path, Path]:
    """Return the files of a private and of a public key, which are made once."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    private, public = folder / "private.jwk.json", folder / "public.jwk.json"
    if not private.exists():
        key = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True)
        write(public, key.as_dict(private=False))
        write(private, key.as_dict(private=True))
    return private, public


def write(file: Path, value: Mapping[str, object]) -> None:
    """Write a file that only this user reads, whole or not at all."""
    fresh = file.with_suffix(".new")
    fresh.touch(mode=0o600)
    fresh.write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")
    fresh.replace(file)
