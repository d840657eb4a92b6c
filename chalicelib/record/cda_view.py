"""A CDA R2 document as a screen shows it: who says what of whom, then sections and attachments."""

import base64
import json
from typing import Any, Final

from chalicelib.record import rules
from chalicelib.record.cda.body import read_body
from chalicelib.record.cda.header import read_header
from chalicelib.record.cda.model import Attachment, Body, Header, to_json
from chalicelib.storage import xml_gate
from chalicelib.storage.inspect import Limits
from chalicelib.storage.refusals import Code, Refused

# A function answers 6 MB at most, where the text of the answer is escaped once more as ASCII.
_MAX_ANSWER_BYTES: Final = 6_000_000


def narrative(content: bytes) -> dict[str, Any]:
    """Return a stored document's header and body as JSON; attachments carry their bytes in base64.

    As many as fit one answer: of the others the bytes are left out, to be read in the original.

    Raises:
        Refused: it no longer reads, although it did when it was deposited.
    """
    tree = xml_gate.parse(content)
    header, body = read_header(tree), read_body(tree, Limits(size_bytes=rules.MOST_BYTES))
    shown, left = _words(header, body), _MAX_ANSWER_BYTES
    left -= _length(shown)
    for file, said in zip(_files(body), shown["attachments"], strict=True):
        cost = -(-len(file.content) // 3) * 4
        if file.content and cost <= left:
            said["data"] = base64.b64encode(file.content).decode()
            left -= cost
    return shown


def check_length(header: Header, body: Body) -> None:
    """Refuse a document whose narrative, without its files, would be too long for one answer.

    Raises:
        Refused: it is.
    """
    if _length(_words(header, body)) > _MAX_ANSWER_BYTES:
        raise Refused(Code.CDA_TOO_LONG)


def _length(shown: dict[str, Any]) -> int:
    text = json.dumps(shown, ensure_ascii=False, separators=(",", ":"))
    return len(json.dumps(text))


def _files(body: Body) -> list[Attachment]:
    return [*body.attachments, *([body.embedded] if body.embedded else [])]


def _words(header: Header, body: Body) -> dict[str, Any]:
    """Return all that is shown but the bytes of files."""
    return {
        "header": _header(header),
        "sections": [to_json(section) for section in body.sections],
        "embedded": body.embedded.key if body.embedded else None,
        "attachments": [_attachment(file) for file in _files(body)],
    }


def _header(header: Header) -> dict[str, Any]:
    traits = header.patient.traits
    return {
        "title": header.title,
        "effective_time": header.effective.instant.isoformat(),
        "precision": header.effective.precision,
        "authors": [
            {
                "name": " ".join(filter(None, (one.given_name, one.family_name))) or one.device,
                "role": one.role.label if one.role else None,
                "organisation": one.organisation.name if one.organisation else None,
            }
            for one in header.authors
        ],
        "custodian": header.custodian.name if header.custodian else None,
        "patient": {
            "family_name": traits.family_name,
            "given_names": list(traits.given_names),
            "birth_date": traits.birth_date.isoformat() if traits.birth_date else None,
            "sex": traits.sex,
        },
    }


def _attachment(file: Attachment) -> dict[str, Any]:
    return {
        "key": file.key,
        "media_type": file.media_type or None,
        "size_bytes": file.size_bytes,
        "sha256": file.sha256 or None,
        "refused": file.refused or None,
        "data": None,
    }
