#!/usr/bin/env python3
"""Check that the history of a health record is whole: nothing removed, altered, moved or forked.

It shares no code with the service; it needs Python 3.11 and the `cryptography` package only.

    verify_trace.py --keys keys.json proof.json [--seen earlier.json]
    CARNET_TOKEN=… verify_trace.py --url https://service --patient ID [--save proof.json]

`proof.json` is one answer of `GET /v1/patients/{id}/trace/proof`, or the list of its pages;
`keys.json` is `GET /v1/trace/keys`, best kept from the first day; `earlier.json` is a proof saved
before, without which nobody can tell that the whole history was put back to an older state.

What is checked, for places 0 to size - 1 of the sequence:
  leaf(n)   = SHA-256(00 || n on 8 bytes || trace id || commitment(n) || leaf(n - 1)), 32 zero bytes
              standing for the leaf before the first
  commitment= SHA-256(00 || canonical JSON of the trace: keys sorted, no spaces, UTF-8)
  root      = Merkle tree hash of the leaves (RFC 9162, 2.1.1; a leaf's hash is leaf(n))
  archive   = the newest head that the service could not delete, signed like the checkpoint: the
              history must contain it; and each place's leaf is the only one archived for it;
              an object that is no such head is passed by, unless it stands in a place of ours
  signature = ES256 over "carnet/trace/1", patient, audience, size, root in hex, instant of sealing,
              each followed by a line feed
Exit status: 0 whole, 1 not whole, 2 cannot tell.
"""

import argparse
import base64
import hashlib
import json
import os
import sys
import urllib.parse
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

MOST_LAG_SECONDS = 600
COORDINATE_BYTES = 32


class Finding(NamedTuple):
    """One thing wrong: a code for machines, and where."""

    code: str
    where: str


SENTENCES = {
    "missing": "il manque des lignes",
    "extra": "il y a une ligne de trop",
    "order": "une ligne n’est pas à sa place",
    "repeated": "le même accès est à deux places",
    "chain": "une ligne ne s’enchaîne pas avec la précédente",
    "root": "la racine signée n’est pas celle de ces lignes",
    "signature": "la signature n’est pas valable",
    "key": "la clé de signature est inconnue",
    "gone": "le contenu d’une ligne a disparu ou ne s’ouvre plus",
    "altered": "le contenu d’une ligne n’est pas celui qui a été scellé",
    "rolled-back": "l’historique est plus court qu’avant",
    "forked": "l’historique n’est pas la suite de celui qui avait été gardé",
    "cut-off": "l’archive verrouillée contient une suite qui a disparu de l’historique",
    "archive": "l’archive verrouillée contient un autre historique que celui-ci",
    "unproven": "un objet de l’archive verrouillée est illisible\u00a0: elle ne prouve rien ici",
    "late": "des accès attendent d’être scellés ou archivés depuis trop longtemps",
}


def verify(
    pages: Sequence[dict[str, Any]],
    keys: dict[str, Any],
    seen: Sequence[dict[str, Any]] | None = None,
) -> list[Finding]:
    """Return everything wrong with a history; nothing wrong is an empty list."""
    first = pages[0]
    lag = max(float(page["lag_seconds"]) for page in pages)
    findings = [Finding("late", f"{lag} s")] * (lag > MOST_LAG_SECONDS)
    checkpoint = first["checkpoint"]
    if checkpoint is None:
        if any(page["items"] for page in pages):
            findings.append(Finding("extra", "0"))
        findings += _check_strangers(pages, [])
        findings += _check_archive(first, [], keys)
        return findings + (_compare_with_earlier([], seen) if seen else [])
    size = int(checkpoint["size"])
    items = [item for page in pages for item in page["items"] if int(item["seq"]) < size]
    findings += _check_signature(first, checkpoint, keys)
    findings += _check_places(items, size)
    leaves, broken = _check_chain(items)
    findings += broken
    if tree_hash(leaves).hex() != checkpoint["root"]:
        findings.append(Finding("root", str(size)))
    findings += _check_archive(first, leaves, keys)
    findings += _check_strangers(pages, leaves)
    for item in items:
        findings += _check_trace(item)
        if any(leaf != item["leaf"] for leaf in item["archived"]):
            findings.append(Finding("archive", str(item["seq"])))
    return findings + (_compare_with_earlier(leaves, seen) if seen else [])


def tree_hash(leaves: Sequence[bytes]) -> bytes:
    """Return the Merkle tree hash of leaves already hashed, as RFC 9162 defines it."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << ((len(leaves) - 1).bit_length() - 1)  # the largest power of two below
    children = tree_hash(leaves[:split]) + tree_hash(leaves[split:])
    return hashlib.sha256(b"\x01" + children).digest()


def _check_places(items: Sequence[dict[str, Any]], size: int) -> list[Finding]:
    findings = []
    if len(items) < size:
        findings.append(Finding("missing", f"{size - len(items)}"))
    if len(items) > size:
        findings.append(Finding("extra", f"{len(items) - size}"))
    for place, item in enumerate(items):
        if int(item["seq"]) != place:
            findings.append(Finding("order", str(place)))
            break
    traces = [item["trace_id"] for item in items]
    if len(set(traces)) != len(traces):
        findings.append(Finding("repeated", ""))
    return findings


def _check_chain(items: Sequence[dict[str, Any]]) -> tuple[list[bytes], list[Finding]]:
    """Compute every leaf from the commitments alone; report the first that was told otherwise."""
    leaves: list[bytes] = []
    findings: list[Finding] = []
    previous = bytes(32)
    for item in items:
        place = int(item["seq"]).to_bytes(8, "big")
        bound = place + item["trace_id"].encode() + bytes.fromhex(item["commitment"]) + previous
        previous = hashlib.sha256(b"\x00" + bound).digest()
        leaves.append(previous)
        if previous.hex() != item["leaf"] and not findings:
            findings.append(Finding("chain", str(item["seq"])))
    return leaves, findings


def _check_trace(item: dict[str, Any]) -> list[Finding]:
    trace = item["trace"]
    if trace is None:
        return [Finding("gone", str(item["seq"]))]
    text = json.dumps(trace, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    hashed = hashlib.sha256(b"\x00" + text.encode()).hexdigest()
    if hashed != item["commitment"] or trace.get("id") != item["trace_id"]:
        return [Finding("altered", str(item["seq"]))]
    return []


def _check_archive(
    page: dict[str, Any], leaves: Sequence[bytes], keys: dict[str, Any]
) -> list[Finding]:
    """Require that this history begins with the newest head of the locked archive."""
    head = page["archived"]
    if head is None:
        return []
    size = int(head["size"])
    findings = _check_signature(page, head, keys)
    if len(leaves) < size:
        findings.append(Finding("cut-off", f"{len(leaves)} < {size}"))
    elif tree_hash(leaves[:size]).hex() != head["root"]:
        findings.append(Finding("archive", str(size)))
    return findings


def _check_strangers(pages: Sequence[dict[str, Any]], leaves: Sequence[bytes]) -> list[Finding]:
    """Report objects of the archive that may stand for a head of ours; others are passed by."""
    strangers = _strangers(pages)
    if strangers and pages[0]["archived"] is None:
        return [Finding("unproven", "0")]
    return [
        Finding("unproven", str(one["seq"]))
        for one in strangers
        if not one["is_read"]
        or (one["seq"] is not None and [bytes.fromhex(one["leaf"])] == leaves[one["seq"] :][:1])
    ]


def _strangers(pages: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [stranger for page in pages for stranger in page["strangers"]]


def _check_signature(
    page: dict[str, Any], checkpoint: dict[str, Any], keys: dict[str, Any]
) -> list[Finding]:
    key = next((key for key in keys["keys"] if key["kid"] == checkpoint["key_id"]), None)
    if key is None:
        return [Finding("key", checkpoint["key_id"])]
    lines = (
        "carnet/trace/1",
        page["patient_id"],
        page["audience"],
        str(checkpoint["size"]),
        checkpoint["root"],
        checkpoint["sealed_at"],
        "",
    )
    signature = _from_base64(checkpoint["signature"])
    r, s = signature[:COORDINATE_BYTES], signature[COORDINATE_BYTES:]
    encoded = encode_dss_signature(int.from_bytes(r, "big"), int.from_bytes(s, "big"))
    try:
        _public_key(key).verify(encoded, "\n".join(lines).encode(), ec.ECDSA(SHA256()))
    except InvalidSignature:
        return [Finding("signature", checkpoint["key_id"])]
    return []


def _compare_with_earlier(leaves: Sequence[bytes], seen: Sequence[dict[str, Any]]) -> list[Finding]:
    """Require that this history begins with the one kept before."""
    earlier = seen[0]["checkpoint"]
    if earlier is None:
        return []
    size = int(earlier["size"])
    if len(leaves) < size:
        return [Finding("rolled-back", f"{len(leaves)} < {size}")]
    if tree_hash(leaves[:size]).hex() != earlier["root"]:
        return [Finding("forked", str(size))]
    return []


def _public_key(key: dict[str, Any]) -> ec.EllipticCurvePublicKey:
    x, y = (int.from_bytes(_from_base64(key[name]), "big") for name in ("x", "y"))
    return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()


def _from_base64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _fetch(url: str, token: str | None = None) -> dict[str, Any]:
    if urllib.parse.urlsplit(url).scheme not in {"https", "http"}:
        raise ValueError("not a web address")
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    request = urllib.request.Request(url, headers=headers)  # noqa: S310  checked above
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310  checked above
        found: dict[str, Any] = json.load(answer)
    return found


def fetch_proof(base: str, patient: str, token: str) -> list[dict[str, Any]]:
    """Read every page of a proof from the service."""
    path = f"{base.rstrip('/')}/v1/patients/{urllib.parse.quote(patient)}/trace/proof"
    pages = [_fetch(path, token)]
    while pages[-1]["next"]:
        cursor = urllib.parse.urlencode({"cursor": pages[-1]["next"]})
        pages.append(_fetch(f"{path}?{cursor}", token))
    return pages


def _read(path: Path) -> list[dict[str, Any]]:
    value = json.loads(path.read_text(encoding="utf-8"))
    return value if isinstance(value, list) else [value]


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Vérifie l’historique des accès d’un dossier.")
    parser.add_argument("proof", nargs="?", type=Path, help="preuve déjà téléchargée")
    parser.add_argument("--keys", type=Path, help="clés publiques déjà téléchargées")
    parser.add_argument("--seen", type=Path, help="preuve gardée d’une vérification précédente")
    parser.add_argument("--url", help="adresse du service")
    parser.add_argument("--patient", help="identifiant du dossier")
    parser.add_argument("--save", type=Path, help="où garder la preuve téléchargée")
    arguments = parser.parse_args(given)
    if not (arguments.proof or (arguments.url and arguments.patient)):
        parser.error("donnez une preuve, ou --url et --patient")
    if not (arguments.keys or arguments.url):
        parser.error("donnez --keys ou --url")
    return arguments


def main(given: Sequence[str] | None = None) -> int:
    """Check a history and say the result in French.

    Return 0: proven; 1: something was removed or changed; 2: it cannot be told.
    """
    arguments = _arguments(given)
    try:
        keys = (
            json.loads(arguments.keys.read_text(encoding="utf-8"))
            if arguments.keys
            else _fetch(f"{arguments.url.rstrip('/')}/v1/trace/keys")
        )
        token = os.environ.get("CARNET_TOKEN", "")
        pages = (
            _read(arguments.proof)
            if arguments.proof
            else fetch_proof(arguments.url, arguments.patient, token)
        )
        if arguments.save:
            arguments.save.write_text(json.dumps(pages, ensure_ascii=False), encoding="utf-8")
        seen = _read(arguments.seen) if arguments.seen else None
        findings = verify(pages, keys, seen)
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        sys.stdout.write(f"Vérification impossible\u00a0: {type(error).__name__}: {error}\n")
        return 2
    if findings:
        sys.stdout.write("Historique NON vérifié\u00a0:\n")
        for finding in findings:
            sys.stdout.write(f"  - {SENTENCES[finding.code]} ({finding.code} {finding.where})\n")
        return 2 if all(finding.code == "unproven" for finding in findings) else 1
    strangers = len(_strangers(pages))
    if strangers:
        sys.stdout.write(
            f"Attention\u00a0: l’archive verrouillée contient {strangers} objets que le service n’a"
            " pas écrits. Ils ont été ignorés.\n"
        )
    checkpoint = pages[0]["checkpoint"]
    count = checkpoint["size"] if checkpoint else 0
    waiting = len(pages[0]["unsealed"])
    sys.stdout.write(
        f"Historique vérifié\u00a0: {count} lignes, aucun trou"
        f" ({waiting} en attente d’être scellées).\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
