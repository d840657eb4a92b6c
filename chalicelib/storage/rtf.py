"""What an RTF text may hold: words, tables, pictures that are PNG or JPEG, and links.

Why it exists: word processors run, fetch or include what an RTF names. Every control word is looked
at, in destinations that readers skip too, so that how a reader skips changes nothing. It refuses
objects, templates, mail merges, active fields, raw binary and drawings in formats of old systems.
Source: RTF 1.9.1.
"""

import re
from dataclasses import dataclass, field
from typing import Final

from chalicelib.storage import fields, images
from chalicelib.storage.refusals import Code, Refused

SIGNATURE: Final = b"{\\rtf1"

_TOKEN = re.compile(
    rb"\\([A-Za-z]+)(-?[0-9]{1,10})? ?|\\'([0-9A-Fa-f]{2})|\\([^A-Za-z'])|([{}])|([^\\{}]+)"
)
_MAX_TOKENS: Final = 600_000
_MAX_DEPTH: Final = 100
_MAX_WORD: Final = 32  # what readers keep of a control word
_MAX_NUMBER: Final = 2**31
_MAX_FONTS: Final = 4_096

_OBJECTS = ("obj", "mmodso")  # first letters of control words
_OBJECT_WORDS = frozenset({"bin", "oleclsid", "fontemb", "fontfile", "htmltag"})
_EXTERNAL_WORDS = frozenset(
    {"template", "subdocument", "filetbl", "mailmerge", "mmdatasource", "mmheadersource",
     "mmconnectstr", "mmconnectstrdata", "mmquery", "hlinkbase", "linkval", "nextfile"}
)  # fmt: skip
_PICTURE_WORDS = frozenset(
    {"wmetafile", "emfblip", "macpict", "pmmetafile", "dibitmap", "wbitmap", "pict2"}
)
_SHOWN_PICTURES = frozenset({"pngblip", "jpegblip"})
# Parts that word processors add, in hexadecimal; of the last, only the one they all write.
_HEXADECIMAL = frozenset({"themedata", "colorschememapping", "datafield", "datastore"})
_GOES_ON = frozenset({"fldinst", "sn", "sv", "pict"})
_HEX = re.compile(rb"[0-9A-Fa-f\s]*+")
_STORE = b"MSXML2.SAXXMLReader."
_STORE_AT = slice(12, 12 + len(_STORE))
# Formatting inside the instruction of a field; words that hide or encode text are not among it.
_IN_FIELD = re.compile(
    r"(?:fldinst|datafield|rtlch|ltrch|fcs|a?f|a?fs|a?lang|langfe|langnp|langfenp|noproof|a?b|a?i|ul|"
    r"ulnone|cf|cb|cs|loch|hich|dbch|plain|kerning|cgrid|insrsid|charrsid|nosupersub|strike|expnd|"
    r"expndtw|highlight|caps|scaps|lquote|rquote|afs|ab|ai|line|par|tab)"
)
_ADDRESS_INSIDE = re.compile(rb"[A-Za-z0-9+.-]{2}:[\\/]{2}|\\\\[^\\]")
_NEED_UNICODE = frozenset({b"wzdescription", b"wzname", b"gtextunicode"})
# A file or another machine, in the binary form of a link.
_FILE_ADDRESS = re.compile(rb"(?:\\\x00?){2}|f\x00?i\x00?l\x00?e\x00?:", re.IGNORECASE)
_END = re.compile(rb"[\s\x00]*+")


@dataclass(slots=True)
class _Group:
    """What a group is, and the text it has itself; a picture is `shown` if it is PNG or JPEG."""

    kind: str = ""
    text: list[bytes] = field(default_factory=list)
    shown: bool = False


def check_rtf(content: bytes, max_pixels: int) -> None:
    """Read an RTF text from end to end.

    Raises:
        Refused: damaged, too complex, active, with objects or pictures that are not looked into,
            or with data after its end.
    """
    reader = _Reader(max_pixels)
    position = count = 0
    for count, token in enumerate(_TOKEN.finditer(content), start=1):
        if token.start() != position:
            raise Refused(Code.OFFICE_DAMAGED)
        if count > _MAX_TOKENS:
            raise Refused(Code.OFFICE_COMPLEX)
        position = token.end()
        reader.read(token)
        if not reader.groups:
            break
    if reader.groups or not count:
        raise Refused(Code.OFFICE_DAMAGED)
    if not _END.fullmatch(content, position):
        raise Refused(Code.TRAILING_DATA)


class _Reader:
    """Follow groups; judge a word as soon as it is read, a text when its group ends."""

    def __init__(self, max_pixels: int) -> None:
        self.groups: list[_Group] = []
        self._max_pixels = max_pixels
        self._fonts = 0
        self._name = b""

    def read(self, token: re.Match[bytes]) -> None:
        word, number, octet, symbol, brace, text = token.groups()
        if brace == b"{":
            self._open()
        elif not self.groups:
            raise Refused(Code.OFFICE_DAMAGED)
        elif brace:
            self._close(self.groups.pop())
        elif word:
            self._word(word.decode("ascii").lower(), int(number or b"0"))
        elif octet:
            self._text(bytes.fromhex(octet.decode("ascii")), is_encoded=True)
        elif symbol == b"*":
            self._skipped(self.groups[-1])
        else:
            self._text(symbol or text)

    def _open(self) -> None:
        if len(self.groups) >= _MAX_DEPTH:
            raise Refused(Code.OFFICE_COMPLEX)
        # What is gathered goes on in the groups inside; those that readers skip say so (`\*`).
        around = self.groups[-1] if self.groups else _Group()
        goes_on = around.kind in _GOES_ON
        self.groups.append(_Group(around.kind, around.text) if goes_on else _Group())

    def _skipped(self, group: _Group) -> None:
        """Begin a text of its own in a group that readers may skip; in a field nothing is."""
        if group.kind != "fldinst" and self._is_inner(group):
            self.groups[-1] = _Group()

    def _is_inner(self, group: _Group) -> bool:
        return len(self.groups) > 1 and self.groups[-2].text is group.text

    def _word(self, word: str, number: int) -> None:
        group = self.groups[-1]
        _refuse_active(word)
        if len(word) > _MAX_WORD or abs(number) > _MAX_NUMBER:
            raise Refused(Code.OFFICE_DAMAGED)
        if group.kind == "fldinst" and not _IN_FIELD.fullmatch(word):
            raise Refused(Code.OFFICE_FIELD)
        if word in _SHOWN_PICTURES and group.kind == "pict":
            group.shown = True
        elif word in {"pict", "fldinst", "sn", "sv", "fonttbl"} | _HEXADECIMAL:
            if group.kind or group.text:  # a destination begins its group
                self._begin_inside(group, word)
            else:
                group.kind = word
        elif word == "u" and group.kind == "sv" and self._name not in _NEED_UNICODE:
            raise Refused(Code.OFFICE_EXTERNAL)
        elif word == "f" and len(self.groups) > 1:
            self._font(number)

    def _begin_inside(self, group: _Group, word: str) -> None:
        """Allow the data of a link in its field, a picture in a drawing; else one hides another."""
        allowed = (group.kind, word) in {("fldinst", "datafield"), ("sv", "pict")}
        if allowed and self._is_inner(group):
            self.groups[-1] = _Group(word)
        elif group.kind != word or word == "fldinst":
            raise Refused(
                Code.OFFICE_FIELD if "fldinst" in {word, group.kind} else Code.OFFICE_DAMAGED
            )

    def _font(self, number: int) -> None:
        if any(group.kind == "fonttbl" for group in self.groups[-3:]):
            self._fonts += 1
        if not 0 <= number < 1 << 15 or self._fonts > _MAX_FONTS:
            raise Refused(Code.OFFICE_COMPLEX)

    def _text(self, text: bytes, *, is_encoded: bool = False) -> None:
        group = self.groups[-1]
        if b"\x00" in text:  # some readers step over it: another word than the one read here
            raise Refused(Code.OFFICE_DAMAGED)
        if group.kind == "fldinst" and is_encoded:
            raise Refused(Code.OFFICE_FIELD)
        if group.kind and group.kind != "fonttbl":
            group.text.append(text)
        elif text.strip() and not group.text:
            group.text.append(b"")  # it has words: no destination may begin in it any more

    def _close(self, group: _Group) -> None:
        if self.groups and self.groups[-1].text is group.text:
            return
        text = b"".join(group.text) if group.kind else b""
        if group.kind == "fldinst":
            if not fields.is_harmless(re.sub(r"[\r\n]", "", text.decode("latin-1"))):
                raise Refused(Code.OFFICE_FIELD)
        elif group.kind == "pict":
            self._picture(group, text)
        elif group.kind == "sn":
            self._name = text.strip().lower()
        elif group.kind == "sv" and _ADDRESS_INSIDE.search(text):
            raise Refused(Code.OFFICE_EXTERNAL)
        elif group.kind in _HEXADECIMAL:
            _check_hexadecimal(group.kind, text)

    def _picture(self, group: _Group, text: bytes) -> None:
        if not text.strip():
            return
        if not group.shown:
            raise Refused(Code.OFFICE_PICTURE)
        images.check_inside(_bytes(text), self._max_pixels)


def _refuse_active(word: str) -> None:
    if word.startswith(_OBJECTS) or word in _OBJECT_WORDS:
        raise Refused(Code.OFFICE_OBJECT)
    if word in _EXTERNAL_WORDS:
        raise Refused(Code.OFFICE_EXTERNAL)
    if word in _PICTURE_WORDS:
        raise Refused(Code.OFFICE_PICTURE)


def _check_hexadecimal(kind: str, text: bytes) -> None:
    content = _bytes(text)
    if kind == "datastore" and content and content[_STORE_AT] != _STORE:
        raise Refused(Code.OFFICE_OBJECT)
    if kind == "datafield" and _FILE_ADDRESS.search(content):
        raise Refused(Code.OFFICE_EXTERNAL)


def _bytes(text: bytes) -> bytes:
    if not _HEX.fullmatch(text):
        raise Refused(Code.OFFICE_DAMAGED)
    digits = b"".join(text.split())
    return bytes.fromhex(digits[: len(digits) & ~1].decode("ascii"))
