"""What a DOCX document may hold: words, tables, PNG and JPEG pictures, and links to pages.

Why it exists: a document opened on trust must run nothing and fetch nothing. Every part is named by
its type in a list of those that enter; every relation and every field is looked at. It refuses
macros, embedded objects, remote templates and pictures, active fields, fonts and all that is not
listed. Source: ECMA-376, parts 1 and 2.
"""

import posixpath
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Final
from xml.etree.ElementTree import Element

from chalicelib.storage import fields, images, xml_gate
from chalicelib.storage.refusals import Code, Refused
from chalicelib.storage.zip_package import Package, open_package

CONTENT_TYPES: Final = "[Content_Types].xml"

_MOST_BYTES: Final = 64 * 1024 * 1024
_MOST_XML: Final = 16 * 1024 * 1024  # of one part: a tree holds up to four bytes a character
_LIMITS: Final = xml_gate.XmlLimits(
    depth=150, nodes=150_000, attributes_in_all=600_000, text_characters=_MOST_XML
)
_OPC: Final = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_RELS: Final = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
_WORD: Final = f"{_OFFICE}wordprocessingml."
MAIN: Final = f"{_WORD}document.main+xml"
_RELATIONS: Final = "application/vnd.openxmlformats-package.relationships+xml"
_PARTS: Final = frozenset(
    {
        MAIN, _RELATIONS, "application/xml", "application/inkml+xml",
        *(f"{_WORD}{name}+xml" for name in (
            "styles", "stylesWithEffects", "settings", "webSettings", "fontTable", "numbering",
            "footnotes", "endnotes", "header", "footer", "comments", "commentsExtended",
            "commentsIds", "commentsExtensible", "people", "document.glossary",
        )),
        *(f"{_OFFICE}{name}+xml" for name in (
            "theme", "extended-properties", "custom-properties", "customXmlProperties",
            "drawingml.diagramData", "drawingml.diagramLayout", "drawingml.diagramStyle",
            "drawingml.diagramColors", "themeOverride",
        )),
        "application/vnd.openxmlformats-package.core-properties+xml",
        "application/vnd.ms-word.stylesWithEffects+xml",
        "application/vnd.ms-office.drawingml.diagramDrawing+xml",
        "application/vnd.ms-office.classificationlabels+xml",
        "application/vnd.ms-office.commentsExtended+xml",
    }
)  # fmt: skip
_PICTURES: Final = frozenset({"image/png", "image/jpeg", "image/jpg"})
_MACRO_SIGNS: Final = ("macroenabled", "vbaproject", "vbadata", "activex", "keymap", "toolbar")
_MACRO_RELATIONS: Final = frozenset(
    {"vbaproject", "wordvbadata", "attachedtoolbars", "keymapcustomizations", "control",
     "activexcontrolbinary", "extensibility"}
)  # fmt: skip
_OBJECT_RELATIONS: Final = frozenset({"oleobject", "package", "afchunk", "chart", "chartex"})
_EXTERNAL_RELATIONS: Final = frozenset(
    {"attachedtemplate", "subdocument", "frame", "mailmergesource", "mailmergeheadersource",
     "recipientdata", "externallink"}
)  # fmt: skip
_BINARY_FIELDS: Final = frozenset({"flddata"})
_MACRO_ELEMENTS: Final = frozenset(
    {"control", "macroname", "entrymacro", "exitmacro", "scriptanchor"}
)
_OBJECT_ELEMENTS: Final = frozenset(
    {"object", "oleobject", "altchunk", "objectembed", "objectlink"}
)
_EXTERNAL_ELEMENTS: Final = frozenset({"subdoc", "attachedtemplate", "mailmerge", "frameset"})

_W: Final = (
    "schemas.openxmlformats.org/wordprocessingml/2006",
    "purl.oclc.org/ooxml/wordprocessingml",
)
_A: Final = ("schemas.openxmlformats.org/drawingml/2006", "purl.oclc.org/ooxml/drawingml")
_CLICKED: Final = frozenset(
    [f"{{http://{space}/main}}hyperlink" for space in _W]
    + [f"{{http://{space}/main}}{name}" for space in _A for name in ("hlinkClick", "hlinkHover")]
)

_WORDS: Final = frozenset({"t", "delText"})


def is_office_package(content: bytes) -> bool:
    """Tell whether an archive says that it is an office document; its parts tell which."""
    return CONTENT_TYPES.encode() in content


def check_docx(content: bytes, max_pixels: int) -> None:
    """Read the package, its parts, their relations and their fields.

    Raises:
        Refused: not a document of a word processor, damaged, encrypted, active, with objects, with
            parts that are not looked into, or expanding too much.
    """
    package = open_package(content, _MOST_BYTES)
    types = _part_types(package)
    _check_types(types)
    left = _LIMITS.nodes
    outside: dict[str, set[str]] = {}
    for name in [one for one, kind in types.items() if kind == _RELATIONS]:
        root = _parsed(package.read(name), left)
        left -= _check_part(root, frozenset())
        outside[_owner(name)] = _check_relations(name, root, types)
    for name, kind in types.items():
        if kind in _PICTURES:
            images.check_inside(package.read(name), max_pixels)
        elif kind != _RELATIONS:
            left -= _check_part(_parsed(package.read(name), left), outside.get(name.lower(), set()))


def _part_types(package: Package) -> dict[str, str]:
    """Give every file the type that the package says."""
    root = _parsed(package.read(CONTENT_TYPES), _LIMITS.nodes)
    if root.tag != f"{_OPC}Types":
        raise Refused(Code.OFFICE_DAMAGED)
    defaults, named = {}, {}
    for one in root:
        kind = one.get("ContentType", "")
        if one.tag == f"{_OPC}Default":
            defaults[one.get("Extension", "").lower()] = kind
        elif one.tag == f"{_OPC}Override":
            named[one.get("PartName", "").lower()] = kind
    return {
        name: named.get(f"/{name.lower()}") or defaults.get(name.rpartition(".")[2].lower(), "")
        for name in package.entries
        if name != CONTENT_TYPES
    }


def _check_types(types: dict[str, str]) -> None:
    """Require one document, and around it only parts that are looked into."""
    if any(sign in kind.lower() for kind in types.values() for sign in _MACRO_SIGNS):
        raise Refused(Code.OFFICE_MACROS)
    if MAIN not in types.values():
        raise Refused(Code.ARCHIVE)
    for name, kind in types.items():
        if kind.startswith("image/") and kind not in _PICTURES:
            raise Refused(Code.OFFICE_PICTURE)
        if kind not in _PICTURES and kind not in _PARTS:
            raise Refused(Code.OFFICE_OBJECT)
        is_plain = kind == "application/xml"
        if (kind == _RELATIONS) != name.endswith(".rels") or (
            is_plain and not name.startswith("customXml/")
        ):
            raise Refused(Code.OFFICE_DAMAGED)


def _parsed(content: bytes, nodes: int) -> Element:
    """Read the XML of a part, through the gate of all XML, with the words of this format."""
    if len(content) > _MOST_XML:
        raise Refused(Code.OFFICE_COMPLEX)
    try:
        return xml_gate.parse(content, replace(_LIMITS, nodes=max(nodes, 1)))
    except Refused as refused:
        is_large = refused.code in {Code.XML_DEPTH, Code.XML_COMPLEX}
        raise Refused(Code.OFFICE_COMPLEX if is_large else Code.OFFICE_DAMAGED) from None


def _owner(name: str) -> str:
    """Return the part whose relations a file lists: `word/_rels/a.xml.rels` of `word/a.xml`."""
    folder, _, file = name.lower().rpartition("_rels/")
    return folder + file.removesuffix(".rels")


def _check_relations(name: str, root: Element, types: dict[str, str]) -> set[str]:
    """Judge each relation; return the ids of those that go outside the package."""
    outside = set()
    folder = posixpath.dirname(posixpath.dirname(name))
    for one in root:
        if one.tag != f"{_RELS}Relationship":
            raise Refused(Code.OFFICE_DAMAGED)
        kind = one.get("Type", "").rpartition("/")[2].lower()
        target, mode = one.get("Target", ""), one.get("TargetMode", "Internal")
        _refuse_relation(kind)
        if mode == "Internal":
            _check_internal(folder, target, types)
        elif mode != "External" or kind != "hyperlink" or not fields.is_web_address(target):
            raise Refused(Code.OFFICE_EXTERNAL)
        else:
            outside.add(one.get("Id", ""))
    return outside


def _refuse_relation(kind: str) -> None:
    for kinds, code in (
        (_MACRO_RELATIONS, Code.OFFICE_MACROS),
        (_OBJECT_RELATIONS, Code.OFFICE_OBJECT),
        (_EXTERNAL_RELATIONS, Code.OFFICE_EXTERNAL),
    ):
        if kind in kinds:
            raise Refused(code)


def _check_internal(folder: str, target: str, types: dict[str, str]) -> None:
    """Require that a relation goes to a part of this package, or to a place in its own."""
    if target.startswith("#"):
        return
    path = target if target.startswith("/") else f"/{folder}/{target}"
    if ":" in target or "\\" in target or posixpath.normpath(path).lstrip("/") not in types:
        raise Refused(Code.OFFICE_EXTERNAL)


def _check_part(root: Element, outside: AbstractSet[str]) -> int:
    """Look at every element of a part; return how many there are.

    `outside` are the ids of its relations that go outside the package.
    """
    count = 0
    fields_seen = _Fields()
    for count, one in enumerate(root.iter(), start=1):  # noqa: B007  what is left is the answer
        local = one.tag.rpartition("}")[2]
        _refuse_element(local.lower(), one)
        _refuse_fetching(one, outside)
        fields_seen.follow(local, one)
    fields_seen.end()
    return count


def _refuse_element(local: str, one: Element) -> None:
    for names, code in (
        (_BINARY_FIELDS, Code.OFFICE_FIELD),
        (_MACRO_ELEMENTS, Code.OFFICE_MACROS),
        (_OBJECT_ELEMENTS, Code.OFFICE_OBJECT),
        (_EXTERNAL_ELEMENTS, Code.OFFICE_EXTERNAL),
    ):
        if local in names:
            raise Refused(code)
    for address in _addresses(one):
        if not fields.is_web_address(address) and not address.startswith("#"):
            raise Refused(Code.OFFICE_EXTERNAL)


def _refuse_fetching(one: Element, outside: AbstractSet[str]) -> None:
    """Let only what a reader clicks on name a page: all else would fetch it on opening."""
    for key, value in one.attrib.items():
        space, _, local = key.lower().rpartition("}")
        is_relation = space.endswith("relationships") or local == "relid"
        is_clicked = one.tag in _CLICKED and local == "id"
        if is_relation and not is_clicked and (value in outside or (local == "link" and value)):
            raise Refused(Code.OFFICE_EXTERNAL)


def _addresses(one: Element) -> Iterator[str]:
    """Return what drawings of an older kind (VML) name themselves, without a relation."""
    for key, value in one.attrib.items():
        name = key.rpartition("}")[2].lower()
        if name in {"href", "althref"} or (name == "src" and "vml" in one.tag):
            # Only a link may name a page: a picture would be fetched as the document opens.
            is_link = name == "href" and "relationships" not in key and "imagedata" not in one.tag
            yield value if is_link else "external"


class _Fields:
    """The fields of one part: their instructions are gathered piece by piece, then judged."""

    def __init__(self) -> None:
        # The pieces of each field not ended yet; None once its result begins.
        self._open: list[list[str] | None] = []

    def follow(self, local: str, one: Element) -> None:
        """Take an element in its turn; a field inside the instruction of another is refused."""
        attributes = {key.rpartition("}")[2]: value for key, value in one.attrib.items()}
        if local == "fldSimple":
            _judge([attributes.get("instr", "")])
        elif local in {"instrText", "delInstrText"} or (local in _WORDS and self._is_written()):
            self._piece(one.text or "")
        elif local == "fldChar":
            self._sign(attributes.get("fldCharType", ""))

    def end(self) -> None:
        """Judge what was begun and never ended."""
        for pieces in self._open:
            _judge(pieces or [])

    def _is_written(self) -> bool:
        return bool(self._open) and self._open[-1] is not None

    def _piece(self, text: str) -> None:
        pieces = self._open[-1] if self._open else None
        if pieces is None:
            _judge([text])
        else:
            pieces.append(text)

    def _sign(self, kind: str) -> None:
        if kind == "begin":
            if self._is_written():
                raise Refused(Code.OFFICE_FIELD)
            self._open.append([])
        elif self._open:
            _judge(self._open.pop() or [])
            if kind == "separate":
                self._open.append(None)


def _judge(instruction: list[str]) -> None:
    if not fields.is_harmless("".join(instruction)):
        raise Refused(Code.OFFICE_FIELD)
