"""Small files made by hand: a PDF of three pages, pictures, texts."""

import struct
import zlib


def pdf(*pages: str) -> bytes:
    """Write a PDF with one line of text a page, in a font it does not embed."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", ""]
    objects.append(
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
    )
    kids = []
    for line in pages:
        text = f"BT /F1 16 Tf 60 760 Td ({line}) Tj ET"
        length = len(text.encode("cp1252"))
        objects.append(f"<< /Length {length} >>\nstream\n{text}\nendstream")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {len(objects)} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    out, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{content}\nendobj\n".encode("cp1252")
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{offset:010d} 00000 n \n".encode() for offset in offsets)
    out += f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n".encode()
    return out + b"%%EOF\n"


def png(width: int, height: int, *, noise: bool = False) -> bytes:
    """Write a PNG; with `noise` it hardly compresses, so that its size is about 3 bytes a pixel."""
    state, rows = 1, bytearray()
    for y in range(height):
        rows.append(0)
        for x in range(width):
            if noise:
                state = (state * 1103515245 + 12345) & 0x7FFFFFFF
                rows += struct.pack(">I", state)[1:]
            else:
                rows += bytes((240 - x * 60 // width, 230, 200 + y * 50 // height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(rows), 1)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )


# What says in EXIF that a position follows.
POSITION = struct.pack("<HHII", 0x8825, 4, 1, 38)


def from_a_phone(jpeg: bytes, *, orientation: int) -> bytes:
    """Add to a JPEG what phones add: EXIF with a position and a thumbnail, and a film after it."""
    entries = struct.pack("<HHII", 0x0112, 3, 1, orientation) + POSITION
    tiff = b"II*\x00" + struct.pack("<IH", 8, 2) + entries + struct.pack("<IH", 0, 1)
    tiff += struct.pack("<HHI4s", 0x0001, 2, 2, b"N\x00\x00\x00") + bytes(4)
    body = b"Exif\x00\x00" + tiff + b"\xff\xd8 thumbnail \xff\xd9"
    exif = b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body
    film = struct.pack(">I", 24) + b"ftypmp42" + bytes(12) + b"SEFH\x6a\x00\x00\x00SEFT"
    return jpeg[:2] + exif + jpeg[2:] + film
