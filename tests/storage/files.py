"""Tiny valid files of each accepted type, built in code."""

import struct
import zlib

HL7 = "urn:hl7-org:v3"


def a_pdf(
    text: str = "Compte rendu",
    *,
    catalog: bytes = b"",
    page: bytes = b"",
    objects: tuple[bytes, ...] = (),
    trailer: bytes = b"",
    page_count: int = 1,
) -> bytes:
    """Make a PDF of one page; `objects` are numbered from 6, `catalog` and `page` add entries."""
    drawn = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET".encode("latin-1")
    bodies = [
        b"<< /Type /Catalog /Pages 2 0 R " + catalog + b" >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count %d >>" % page_count,
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> " + page + b" >>",
        a_stream(b"", drawn),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        *objects,
    ]
    content = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, body in enumerate(bodies, start=1):
        offsets.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(content)
    content += b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1)
    content += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    content += b"trailer\n<< /Size %d /Root 1 0 R %s >>\n" % (len(bodies) + 1, trailer)
    return bytes(content + b"startxref\n%d\n%%%%EOF\n" % start)


def a_stream(entries: bytes, data: bytes) -> bytes:
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (entries, len(data), data)


def an_object_stream(*values: bytes) -> bytes:
    """Make a compressed object stream holding the values, numbered from 50."""
    offsets, body = [], b""
    for value in values:
        offsets.append(len(body))
        body += value + b" "
    index = b" ".join(b"%d %d" % (50 + rank, at) for rank, at in enumerate(offsets)) + b" "
    entries = b"/Type /ObjStm /N %d /First %d /Filter /FlateDecode" % (len(values), len(index))
    return a_stream(entries, zlib.compress(index + body))


def zeros_compressed(megabytes: int) -> bytes:
    """Make a zlib stream of that many zero bytes without ever holding them."""
    deflater = zlib.compressobj(9)
    block = bytes(1 << 20)
    first = deflater.compress(block) + deflater.flush(zlib.Z_FULL_FLUSH)
    again = deflater.compress(block) + deflater.flush(zlib.Z_FULL_FLUSH)
    return first + again * (megabytes - 1)


def a_failing_stream(size: int) -> bytes:
    """Make a zlib stream that fails once it has inflated to that many zero bytes."""
    deflater = zlib.compressobj(9)
    sound = deflater.compress(bytes(size)) + deflater.flush(zlib.Z_FULL_FLUSH)
    return sound + b"\x07\xff\xff\xff"


def a_png_chunk(kind: bytes, body: bytes) -> bytes:
    crc = zlib.crc32(kind + body)
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", crc)


def a_png(width: int = 2, height: int = 2, *, chunks: bytes = b"") -> bytes:
    rows = b"".join(b"\x00" + b"\xff" * width for _ in range(min(height, 16)))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + a_png_chunk(b"IHDR", header)
        + chunks
        + a_png_chunk(b"IDAT", zlib.compress(rows))
        + a_png_chunk(b"IEND", b"")
    )


def a_jpeg_segment(marker: int, body: bytes) -> bytes:
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(body) + 2) + body


# Tables of a grey 8×8 image: one quantisation table, and two Huffman tables of one code each.
_TABLES = (
    a_jpeg_segment(0xDB, b"\x00" + b"\x01" * 64)
    + a_jpeg_segment(0xC4, b"\x00" + b"\x01" + b"\x00" * 15 + b"\x00")
    + a_jpeg_segment(0xC4, b"\x10" + b"\x01" + b"\x00" * 15 + b"\x00")
)
A_SCAN = a_jpeg_segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + b"\x3f"


def a_jpeg(width: int = 8, height: int = 8, *, segments: bytes = b"", scans: int = 1) -> bytes:
    frame = struct.pack(">BHHBBBB", 8, height, width, 1, 1, 0x11, 0)
    head = b"\xff\xd8" + a_jpeg_segment(0xE0, b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00")
    return head + segments + _TABLES + a_jpeg_segment(0xC0, frame) + A_SCAN * scans + b"\xff\xd9"


def a_text(text: str = "Tension 12/8.\nRevoir dans 3 mois, à jeun.\n") -> bytes:
    return text.encode()


def an_xml(body: str = "<title>Essai</title>", *, prolog: str = "", encoding: str = "UTF-8") -> str:
    declaration = f'<?xml version="1.0" encoding="{encoding}"?>\n'
    return f'{declaration}{prolog}<ClinicalDocument xmlns="{HL7}">{body}</ClinicalDocument>'
