"""Tiny valid TIFF, HEIC, RTF and DOCX files, built in code; a test may change each part."""

import io
import struct
import zipfile
from collections.abc import Mapping

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"

Tag = tuple[int, int, tuple[int, ...]]  # number, type (3 or 4), values
SHORT, LONG = 3, 4


def a_tiff(
    width: int = 8,
    height: int = 8,
    *,
    pages: int = 1,
    tags: tuple[Tag, ...] = (),
    order: str = "<",
    loop: bool = False,
    data: bytes = b"\xff" * 8,
) -> bytes:
    """Make a black and white TIFF; `tags` replace or add to those of every page."""
    content = bytearray((b"II" if order == "<" else b"MM") + struct.pack(order + "HI", 42, 8))
    for page in range(pages):
        start = len(content)
        table: dict[int, tuple[int, tuple[int, ...]]] = {
            256: (LONG, (width,)), 257: (LONG, (height,)), 258: (SHORT, (1,)),
            259: (SHORT, (1,)), 262: (SHORT, (1,)), 278: (LONG, (height,)),
        }  # fmt: skip
        table |= {273: (LONG, (0,)), 279: (LONG, (len(data),))}
        table |= {number: (kind, values) for number, kind, values in tags}
        values_at = start + 2 + 12 * len(table) + 4
        after = b""
        if table[273][1] == (0,):
            table[273] = (LONG, (values_at,))
            after = data
        body = struct.pack(order + "H", len(table))
        for number, (kind, values) in sorted(table.items()):
            packed = struct.pack(f"{order}{len(values)}{'H' if kind == SHORT else 'I'}", *values)
            if len(packed) > 4:
                packed, after = struct.pack(order + "I", values_at + len(after)), after + packed
            body += struct.pack(order + "HHI", number, kind, len(values)) + packed.ljust(4, b"\0")
        following = 8 if loop else values_at + len(after) if page + 1 < pages else 0
        content += body + struct.pack(order + "I", following) + after
    return bytes(content)


def a_box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", 8 + len(body)) + kind + body


def _full(kind: bytes, body: bytes, version: int = 0, flags: int = 0) -> bytes:
    return a_box(kind, struct.pack(">I", version << 24 | flags) + body)


def a_heic(
    width: int = 64,
    height: int = 48,
    *,
    kinds: tuple[bytes, ...] = (b"hvc1",),
    brands: bytes = b"heic\0\0\0\0mif1heic",
    grid: tuple[int, int] | None = None,
    boxes: bytes = b"",
    meta: bytes = b"",
    properties: bytes = b"",
    lists: int = 1,
    widths: tuple[int, ...] = (),
    offset: int | None = None,
    method: int = 0,
    after: bytes = b"",
) -> bytes:
    """Make a HEIC of items numbered from 1; with `grid`, the first is one, of the others.

    `lists` is in how many boxes its tiles are said, `widths` are those that all have besides.
    """
    data = b"\x00\x01" * 8
    items = (b"grid", *kinds) if grid else kinds
    described = [struct.pack(">HH4s", n, 0, kind) + b"\0" for n, kind in enumerate(items, 1)]
    infe = b"".join(_full(b"infe", one, 2) for one in described)
    rows, columns = grid or (1, 1)
    inner = struct.pack(">BBBBHH", 0, 0, rows - 1, columns - 1, width, height)
    size = b"".join(_full(b"ispe", struct.pack(">II", w, height)) for w in (width, *widths))
    ranks = bytes([1 + len(widths), *range(1, 2 + len(widths))])
    linked = b"".join(struct.pack(">H", n) + ranks for n in range(1, len(items) + 1))
    associated = _full(b"ipma", struct.pack(">I", len(items)) + linked)
    said = [range(2, len(items) + 1)[rank::lists] for rank in range(lists)]
    tiles = [struct.pack(f">HH{len(one)}H", 1, len(one), *one) for one in said]
    head = a_box(b"ftyp", brands) + boxes

    def whole(start: int) -> bytes:
        places = b""
        for number, kind in enumerate(items, 1):
            inside = kind == b"grid"
            at, length = (0, len(inner)) if inside else (start, len(data))
            places += struct.pack(">HHHHII", number, 1 if inside else method, 0, 1, at, length)
        body = (
            _full(b"hdlr", b"\0\0\0\0pict" + bytes(13))
            + _full(b"pitm", struct.pack(">H", 1))
            + _full(b"iinf", struct.pack(">H", len(items)) + infe)
            + _full(b"iloc", struct.pack(">BBH", 0x44, 0, len(items)) + places, 1)
            + a_box(b"iprp", a_box(b"ipco", size) + associated + properties)
            + a_box(b"idat", inner)
            + (_full(b"iref", b"".join(a_box(b"dimg", one) for one in tiles)) if grid else b"")
            + meta
        )
        return head + _full(b"meta", body) + a_box(b"mdat", data) + after

    start = len(whole(0)) - len(after) - len(data)
    return whole(start if offset is None else offset)


def an_rtf(body: bytes = rb"Bonjour, \'e0 bient\'f4t.\par") -> bytes:
    return (
        rb"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fswiss Arial;}{\f1\froman Times;}}"
        rb"{\*\generator Essai;}\pard\plain\f0\fs24 " + body + b"}\r\n"
    )


def a_field(instruction: bytes) -> bytes:
    return an_rtf(rb"{\field{\*\fldinst {\b " + instruction + rb"}}{\fldrslt x}}")


def a_picture(kind: bytes, content: bytes) -> bytes:
    return an_rtf(rb"{\*\shppict{\pict\picw1\pich1" + kind + b"\n" + content.hex().encode() + b"}}")


def a_document(body: str = "<w:p><w:r><w:t>Bonjour</w:t></w:r></w:p>") -> str:
    return (
        f'<w:document xmlns:w="{_W}" xmlns:r="{_R}" xmlns:v="urn:schemas-microsoft-com:vml" '
        f'xmlns:o="urn:schemas-microsoft-com:office:office"><w:body>{body}</w:body></w:document>'
    )


def complex_field(*pieces: str) -> str:
    runs = "".join(f"<w:r><w:instrText>{piece}</w:instrText></w:r>" for piece in pieces)
    return (
        f'<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r>{runs}<w:r><w:fldChar '
        'w:fldCharType="separate"/></w:r><w:r><w:t>x</w:t></w:r><w:r><w:fldChar '
        'w:fldCharType="end"/></w:r></w:p>'
    )


def a_relation(kind: str, target: str, mode: str = "") -> str:
    said = f' TargetMode="{mode}"' if mode else ""
    return f'<Relationship Id="rId9" Type="{_R}/{kind}" Target="{target}"{said}/>'


def docx_parts(
    document: str = "",
    *,
    relations: str = "",
    types: str = "",
    parts: Mapping[str, bytes] | None = None,
    main: str = MAIN,
) -> dict[str, bytes]:
    """Return the parts of a document; `parts` are added or replace, None of them checked."""
    known = (
        f'<Types xmlns="{_TYPES}"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="png" ContentType="image/png"/>'
        f'<Override PartName="/word/document.xml" ContentType="{main}"/>{types}</Types>'
    )
    first = a_relation("officeDocument", "word/document.xml")
    return {
        "[Content_Types].xml": known.encode(),
        "_rels/.rels": f'<Relationships xmlns="{_RELS}">{first}</Relationships>'.encode(),
        "word/document.xml": (document or a_document()).encode(),
        "word/_rels/document.xml.rels": (
            f'<Relationships xmlns="{_RELS}">{relations}</Relationships>'.encode()
        ),
        **(parts or {}),
    }


def zipped(parts: Mapping[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return file.getvalue()


def streamed(parts: Mapping[str, bytes]) -> bytes:
    """Write as to a pipe: figures come after the data, as LibreOffice and Google do."""

    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.whole = b""

        def writable(self) -> bool:
            return True

        def write(self, data: object) -> int:
            self.whole += bytes(data)  # type: ignore[call-overload]
            return len(bytes(data))  # type: ignore[call-overload]

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return pipe.whole


def a_docx(document: str = "", **said: object) -> bytes:
    return zipped(docx_parts(document, **said))  # type: ignore[arg-type]
