"""Merkle trees one leaf at a time, against the definition of RFC 9162 and its published vectors."""

from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.audit import tree

# Leaves and roots of the Certificate Transparency reference tests (RFC 6962/9162 hashing).
INPUTS = [
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def roots(leaves: list[bytes]) -> list[str]:
    peaks: list[bytes] = []
    found = []
    for size, leaf in enumerate(leaves):
        peaks = tree.push(peaks, size, leaf)
        found.append(tree.root(peaks).hex())
    return found


def defined(leaves: list[bytes]) -> bytes:
    """Write the tree hash as section 2.1.1 does."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\x01" + defined(leaves[:split]) + defined(leaves[split:])).digest()


def test_gives_the_roots_of_the_published_vectors() -> None:
    assert roots([tree.leaf_hash(bytes.fromhex(text)) for text in INPUTS]) == ROOTS


def test_the_root_of_nothing_is_the_hash_of_nothing() -> None:
    assert tree.root([]).hex() == (
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    )


@given(st.lists(st.binary(max_size=8), max_size=80))
def test_one_leaf_after_another_gives_the_defined_tree(inputs: list[bytes]) -> None:
    leaves = [tree.leaf_hash(one) for one in inputs]
    assert roots(leaves) == [defined(leaves[: size + 1]).hex() for size in range(len(leaves))]


@given(st.integers(min_value=1, max_value=300))
def test_what_is_kept_between_leaves_grows_as_the_logarithm(size: int) -> None:
    peaks: list[bytes] = []
    for place in range(size):
        peaks = tree.push(peaks, place, tree.leaf_hash(bytes([place % 256])))
    assert len(peaks) == size.bit_count()


def test_a_leaf_binds_its_place_its_trace_and_the_leaf_before() -> None:
    parts = (7, "01J00000000000000000000000", b"\x01" * 32, b"\x02" * 32)
    entry = tree.leaf_input(*parts)
    assert entry == bytes(7) + b"\x07" + b"01J00000000000000000000000" + b"\x01" * 32 + b"\x02" * 32
    others = [(8, *parts[1:]), (*parts[:2], b"\x03" * 32, parts[3]), (*parts[:3], bytes(32))]
    assert all(tree.leaf_input(*other) != entry for other in others)
