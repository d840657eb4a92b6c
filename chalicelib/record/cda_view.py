"""A CDA R2 document as a screen shows it: who says what of whom, then sections and attachments."""

import base64
import json
from typing import Any, Final

from chalicelib.record.cda.body import read_body
from chalicelib.record.cda.header import read_header
from chalicelib.record.cda.model import Attachment, Body, Header, to_json
from chalicelib.storage import xml_gate
from chalicelib.storage.refusals import Code, Refused

# A function answers 6 MB at most, where the text of the answer is escaped once more as ASCII.
_MAX_ANSWER_BYTES: Final = 6_000_000


def narrative(content: bytes) -> dict[str, Any]:
    """Return a stored document's header and body as JSON; attachments carry their bytes in base64.

    Raises:
        Refused: it no longer reads, although it did when it was deposited.
    """
    tree = xml_gate.parse(content)
    return _narrative(read_header(tree), read_body(tree))


def check_length(header: Header, body: Body) -> None:
    """Refuse a document whose narrative would be too long for one answer.

    Raises:
        Refused: it is.
    """
    text = json.dumps(_narrative(header, body), ensure_ascii=False, separators=(",", ":"))
    if len(json.dumps(text)) > _MAX_ANSWER_BYTES:
        raise Refused(Code.CDA_TOO_LONG)


def _narrative(header: Header, body: Body) -> dict[str, Any]:
    files = [*body.attachments, *([body.embedded] if body.embedded else [])]
    return {
        "header": _header(header),
        "sections": [to_json(section) for section in body.sections],
        "embedded": body.embedded.key if body.embedded else None,
        "attachments": [_attachment(file) for file in files],
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
        "data": base64.b64encode(file.content).decode() if file.content else None,
    }
