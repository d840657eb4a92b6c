"""A ZIP file whose every byte is accounted for, as word processors write theirs.

Why it exists: what one reader finds from the end and another from the start may differ, and ours
must be what all see. Entries follow one another from the first byte to the directory, each said the
same in both places; no name leaves the folder or comes twice; what inflates is counted (A17, A18).
Source: APPNOTE 6.3.10.
"""

import re
import struct
import zlib
from dataclasses import dataclass
from typing import Final

from chalicelib.storage.refusals import Code, Refused

_END: Final = struct.Struct("<4sHHHHIIH")
_CENTRAL: Final = struct.Struct("<4sHHHHHHIIIHHHHHII")
_LOCAL: Final = struct.Struct("<4sHHHHHIIIHH")
_DESCRIPTOR: Final = b"PK\x07\x08"
_ENCRYPTED, _DESCRIBED, _PATCH, _STRONG = 0x0001, 0x0008, 0x0020, 0x0040
_STORED, _DEFLATED = 0, 8
_NAME = re.compile(r"[A-Za-z0-9_\[\]. ()-]+(?:/[A-Za-z0-9_\[\]. ()-]+)*\Z")
# ZIP64, the comment and the path in Unicode, encryption.
_OTHER_WORDS: Final = frozenset({0x0001, 0x6375, 0x7075, 0x9901, 0x0017})
_MAX_ENTRIES: Final = 1_000


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    method: int
    crc: int
    packed: int
    size: int
    offset: int
    described: bool


@dataclass(slots=True)
class Package:
    """The files of a package, by name; `read` inflates one and spends what is left."""

    content: bytes
    left: int
    entries: dict[str, tuple[_Entry, int]]

    def read(self, name: str) -> bytes:
        """Inflate a file.

        Raises:
            Refused: it is not there, is not as the directory says, or is too large.
        """
        if name not in self.entries:
            raise Refused(Code.OFFICE_DAMAGED)
        entry, start = self.entries[name]
        self.left -= entry.size
        if self.left < 0:
            raise Refused(Code.OFFICE_EXPANDS)
        packed = self.content[start : start + entry.packed]
        whole = packed if entry.method == _STORED else _inflated(packed, entry.size)
        if len(whole) != entry.size or zlib.crc32(whole) != entry.crc:
            raise Refused(Code.OFFICE_DAMAGED)
        return whole


def open_package(content: bytes, most: int) -> Package:
    """Read the directory of a ZIP file, whose files may inflate to `most` bytes together.

    Raises:
        Refused: damaged, encrypted, with bytes that no file has, or names that deceive.
    """
    directory, end = _directory(content)
    entries: dict[str, tuple[_Entry, int]] = {}
    folded: set[str] = set()
    position = 0
    for entry in sorted(directory, key=lambda one: one.offset):
        if entry.name.lower() in folded or entry.offset != position:
            raise Refused(Code.OFFICE_DAMAGED)
        folded.add(entry.name.lower())
        start = _check_local(content, entry)
        position = _after(content, entry, start + entry.packed)
        entries[entry.name] = (entry, start)
    if position != end:
        raise Refused(Code.OFFICE_DAMAGED)
    if sum(entry.size for entry in directory) > most:
        raise Refused(Code.OFFICE_EXPANDS)
    return Package(content, most, entries)


def _directory(content: bytes) -> tuple[list[_Entry], int]:
    """Return the entries of the directory, and where it begins; it ends the file."""
    at = len(content) - _END.size
    if at < 0 or content[at : at + 4] != b"PK\x05\x06":
        raise Refused(Code.TRAILING_DATA if b"PK\x05\x06" in content else Code.OFFICE_DAMAGED)
    _, disk, first, here, count, size, offset, comment = _END.unpack_from(content, at)
    if disk or first or here != count or comment or offset + size != at:
        raise Refused(Code.OFFICE_DAMAGED)
    if not 0 < count <= _MAX_ENTRIES:
        raise Refused(Code.OFFICE_COMPLEX)
    entries, position = [], offset
    for _ in range(count):
        entry, position = _central(content, position, at)
        entries.append(entry)
    if position != at:
        raise Refused(Code.OFFICE_DAMAGED)
    return entries, offset


def _central(content: bytes, position: int, end: int) -> tuple[_Entry, int]:
    if position + _CENTRAL.size > end:
        raise Refused(Code.OFFICE_DAMAGED)
    (magic, _, _, flags, method, _, _, crc, packed, size, name_size, extra, comment, disk, _, _,
     offset) = _CENTRAL.unpack_from(content, position)  # fmt: skip
    start = position + _CENTRAL.size
    if magic != b"PK\x01\x02" or comment or disk:
        raise Refused(Code.OFFICE_DAMAGED)
    if flags & (_ENCRYPTED | _STRONG):
        raise Refused(Code.OFFICE_OLD)
    if method not in {_STORED, _DEFLATED} or flags & _PATCH:
        raise Refused(Code.OFFICE_DAMAGED)
    if method == _STORED and packed != size:
        raise Refused(Code.OFFICE_DAMAGED)
    name = _name(content[start : start + name_size])
    _check_extra(content[start + name_size : start + name_size + extra])
    described = bool(flags & _DESCRIBED)
    entry = _Entry(name, method, crc, packed, size, offset, described)
    return entry, start + name_size + extra


def _name(raw: bytes) -> str:
    name = raw.decode("latin-1")
    if not _NAME.match(name) or any(not part.strip(". ") for part in name.split("/")):
        raise Refused(Code.OFFICE_DAMAGED)
    return name


def _check_local(content: bytes, entry: _Entry) -> int:
    """Require that a file says of itself what the directory does; return where its data begin."""
    if entry.offset + _LOCAL.size > len(content):
        raise Refused(Code.OFFICE_DAMAGED)
    magic, _, flags, method, _, _, crc, packed, size, name_size, extra = _LOCAL.unpack_from(
        content, entry.offset
    )
    start = entry.offset + _LOCAL.size
    same_figures = (crc, packed, size) == (entry.crc, entry.packed, entry.size)
    said_later = entry.described and {crc, packed, size} == {0}
    if (
        magic != b"PK\x03\x04"
        or bool(flags & _DESCRIBED) != entry.described
        or flags & (_ENCRYPTED | _STRONG)
        or method != entry.method
        or not (same_figures or said_later)
        or content[start : start + name_size] != entry.name.encode("latin-1")
    ):
        raise Refused(Code.OFFICE_DAMAGED)
    _check_extra(content[start + name_size : start + name_size + extra])
    return start + int(name_size) + int(extra)


def _check_extra(extra: bytes) -> None:
    """Refuse notes of an entry that give it, for some readers, another name or other figures."""
    position = 0
    while position + 4 <= len(extra):
        number, length = struct.unpack_from("<HH", extra, position)
        if number in _OTHER_WORDS:
            raise Refused(Code.OFFICE_DAMAGED)
        position += 4 + int(length)


def _after(content: bytes, entry: _Entry, position: int) -> int:
    """Step over the figures that follow the data of a file written in one go."""
    if not entry.described:
        return position
    if content[position : position + 4] == _DESCRIPTOR:
        position += 4
    figures = struct.pack("<III", entry.crc, entry.packed, entry.size)
    if content[position : position + len(figures)] != figures:
        raise Refused(Code.OFFICE_DAMAGED)
    return position + len(figures)


def _inflated(packed: bytes, size: int) -> bytes:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        whole = inflater.decompress(packed, size + 1)
    except zlib.error:
        raise Refused(Code.OFFICE_DAMAGED) from None
    if len(whole) > size or not inflater.eof or inflater.unused_data:
        raise Refused(Code.OFFICE_EXPANDS if len(whole) > size else Code.OFFICE_DAMAGED)
    return whole
