"""Seal the traces of records as the audit table's stream tells of them.

Refusals that concern no record (`A#…`) have no person to check them and are not sealed.
"""

import base64
from typing import Final

from chalice.app import Blueprint

from chalicelib.audit import seal
from chalicelib.audit.store import PREFIXES
from chalicelib.core import ids, log
from chalicelib.vault.errors import Tampered
from chalicelib.workers.batch import Record, batch

blueprint = Blueprint(__name__)

# Known only once deployed: the template replaces it.
STREAM: Final = "arn:aws:dynamodb:eu-west-3:000000000000:table/audit/stream/given-by-the-template"
# Of each audience, the partitions of records.
_OWNERS: Final = {prefix: audience for audience, prefix in PREFIXES.items()}


@blueprint.on_dynamodb_record(stream_arn=STREAM, batch_size=100, starting_position="TRIM_HORIZON")
@batch
def archive(record: Record) -> None:
    """Give a new trace of a record its place; sealing's own rows are not for us."""
    image = record["dynamodb"].get("NewImage", {})
    if record["eventName"] != "INSERT" or image.get("kind", {}).get("S") != "trace":
        return
    prefix, _, pid = image["pk"]["S"].partition("#")
    if prefix not in _OWNERS:
        return
    trace_id = image["sk"]["S"]
    if not (ids.is_id(pid) and ids.instant_or_none(trace_id)):
        # Not written by us, and in nobody's way: it is told, and tried again by nobody.
        log.exception("trace is not one", Tampered("a trace"))
        return
    commitment = base64.b64decode(image["commitment"]["B"], validate=True)
    sealed = base64.b64decode(image["sealed"]["B"], validate=True)
    seal.append(pid, trace_id, commitment, sealed, _OWNERS[prefix])
