"""What lets a person check her history without trusting this program (D6)."""

import base64
from typing import Any, Literal

from pydantic import Field

from chalicelib.access import gate
from chalicelib.audit import keys
from chalicelib.audit.heads import Checkpoint
from chalicelib.audit.model import Audience
from chalicelib.http.endpoint import Answer, Call, NoQuery, Schema, endpoint
from chalicelib.trace import usecases
from chalicelib.trace.model import Proof, SealedTrace


class ProofQuery(Schema):
    """Where to go on, and in which sequence: what is under a minor's secrecy has one of its own."""

    audience: Literal["general", "minor"] = "general"
    cursor: str | None = Field(default=None, max_length=2000)


class SealedTraceOut(Schema):
    """One place: its number, its trace's commitment and leaf hash (hex), and the trace itself.

    `archived` are the leaf hashes that the locked archive has for this place: one, the same; none
    if it waits to be archived; another if the history was cut off and went on differently.
    The trace is null when its row is gone or was altered: the check fails there.
    """

    seq: int
    trace_id: str
    commitment: str
    leaf: str
    archived: list[str]
    trace: dict[str, str | None] | None


class CheckpointOut(Schema):
    """The signed state of the sequence: number of places, root (hex), signature (base64url)."""

    size: int
    root: str
    sealed_at: str
    key_id: str
    signature: str


class StrangerOut(Schema):
    """An object of the locked archive that is no signed checkpoint of its place (null: no place).

    It is passed by. If `leaf` is that of the place, or if the archive refused to read it (`is_read`
    false), it may stand for a checkpoint of ours: the archive proves nothing about that place.
    """

    seq: int | None
    leaf: str
    is_read: bool


class ProofOut(Schema):
    """A page of the sequence. `unsealed` are traces without a place yet.

    `archived` is the newest checkpoint in the locked archive, on the first page: if it counts more
    places than `checkpoint`, the end of the history was cut off. `lag_seconds` is for how long the
    oldest trace has waited for its place, or a place of this page for the archive.
    """

    patient_id: str
    audience: str
    checkpoint: CheckpointOut | None
    archived: CheckpointOut | None
    items: list[SealedTraceOut]
    strangers: list[StrangerOut]
    unsealed: list[str]
    lag_seconds: float
    next: str | None


class KeySet(Schema):
    """The public keys that signed checkpoints (RFC 7517), the oldest first."""

    keys: list[dict[str, Any]]


@endpoint("GET", "/v1/patients/{pid}/trace/proof", query=ProofQuery, answers={200: ProofOut})
def read_trace_proof(call: Call[None, ProofQuery]) -> Answer:
    """Return what is needed to check that no access was removed, altered or reordered."""
    pid = gate.resolve(call.principal, call.path["pid"])
    audience = Audience(call.query.audience)
    proof = usecases.read_proof(call.principal, pid, call.query.cursor, audience)
    return Answer(proof_out(pid, proof, audience))


@endpoint("GET", "/v1/trace/keys", public=True, answers={200: KeySet})
def list_sealing_keys(_: Call[None, NoQuery]) -> Answer:
    """Return the public keys that sign the history's checkpoints."""
    return Answer(KeySet(keys=keys.published()["keys"]), headers={"Cache-Control": "max-age=300"})


def proof_out(pid: str, proof: Proof, audience: Audience = Audience.GENERAL) -> ProofOut:
    """Write a proof for the wire."""
    return ProofOut(
        patient_id=pid,
        audience=audience,
        checkpoint=_checkpoint(proof.checkpoint) if proof.checkpoint else None,
        archived=_checkpoint(proof.archived) if proof.archived else None,
        items=[_leaf(leaf) for leaf in proof.leaves],
        strangers=[
            StrangerOut(seq=one.seq, leaf=one.leaf.hex(), is_read=one.is_read)
            for one in proof.strangers
        ],
        unsealed=proof.unsealed,
        lag_seconds=round(proof.lag_seconds, 1),
        next=proof.next,
    )


def _leaf(leaf: SealedTrace) -> SealedTraceOut:
    return SealedTraceOut(
        seq=leaf.seq,
        trace_id=leaf.trace_id,
        commitment=leaf.commitment.hex(),
        leaf=leaf.leaf.hex(),
        archived=[archived.hex() for archived in leaf.archived],
        trace=leaf.trace,
    )


def _checkpoint(checkpoint: Checkpoint) -> CheckpointOut:
    signature = base64.urlsafe_b64encode(checkpoint.signature).rstrip(b"=").decode()
    return CheckpointOut(
        size=checkpoint.size,
        root=checkpoint.root.hex(),
        sealed_at=checkpoint.sealed_at,
        key_id=checkpoint.key_id,
        signature=signature,
    )
