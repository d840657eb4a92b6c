"""Merkle tree hashing of RFC 9162 section 2.1, one leaf after another, without the former leaves.

What is kept between two leaves is the `peaks`: the roots of the perfect subtrees whose sizes are
the powers of two in the number of leaves, the largest first. Their number grows as its logarithm.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Final

HASH_BYTES: Final = 32
NOTHING: Final = bytes(HASH_BYTES)  # what the first leaf has as the hash of the one before


def leaf_input(seq: int, trace_id: str, commitment: bytes, previous: bytes) -> bytes:
    """Return what a leaf binds: its place, its trace, the trace's commitment, the leaf before."""
    return seq.to_bytes(8, "big") + trace_id.encode("ascii") + commitment + previous


def leaf_hash(entry: bytes) -> bytes:
    """Hash a leaf."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two subtrees."""
    return sha256(b"\x01" + left + right).digest()


def push(peaks: Sequence[bytes], size: int, leaf: bytes) -> list[bytes]:
    """Return the peaks after one more leaf, from those of `size` leaves."""
    grown = list(peaks)
    while size & 1:
        leaf = node_hash(grown.pop(), leaf)
        size >>= 1
    return [*grown, leaf]


def root(peaks: Sequence[bytes]) -> bytes:
    """Return the root of the tree; of no leaf, the hash of nothing."""
    if not peaks:
        return sha256(b"").digest()
    *rest, top = peaks
    for left in reversed(rest):
        top = node_hash(left, top)
    return top
