"""Turns the narrative of a CDA R2 document into sections that the client knows how to draw.

Why it exists: the narrative is what a person reads, so no word of it may be lost, and nothing of it
may run. Only an allow-list of shapes comes out; an element that is unknown, or out of its place,
gives its words and nothing else. Links are text (A19, R-CDA-01).
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final
from xml.etree.ElementTree import Element

from chalicelib.record.cda.inline import trimmed
from chalicelib.record.cda.model import (
    STYLES,
    Block,
    Break,
    Bullets,
    Cell,
    Code,
    Inline,
    Media,
    Paragraph,
    Run,
    Section,
    Table,
)
from chalicelib.record.cda.spans import within
from chalicelib.storage.names import plain_line
from chalicelib.storage.xml_gate import HL7

NS: Final = {"": HL7}
UNTITLED: Final = "Section sans titre"
_MAX_SPAN = 1_000
_MAX_TARGET = 2_000
_MAX_MEDIA = 10
# They make a reader see another order than the one written: "5,1" may look like "1,5".
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")
_BLANK = re.compile(r"[ \t\r\n\f\v]+")
_LINK = re.compile(r"(?:https?|mailto|tel):", re.IGNORECASE)
_STYLE_OF_TAG = {
    "sub": "sub", "sup": "sup", "b": "bold", "strong": "bold", "i": "italic", "em": "italic",
    "u": "underline", "s": "strikethrough", "del": "strikethrough", "strike": "strikethrough",
}  # fmt: skip
_NO_STYLE: frozenset[str] = frozenset()
_CAPTION = frozenset({"caption"})


def read_sections(tree: Element) -> tuple[Section, ...]:
    """Read every section of the structured body, in order, with its sub-sections."""
    found = tree.findall("component/structuredBody/component/section", NS)
    footnotes: dict[str, int] = {}
    return tuple(_section(element, footnotes) for element in found)


def _section(element: Element, footnotes: dict[str, int]) -> Section:
    title = element.find("title", NS)
    heading = plain_line("".join(title.itertext()), 2_000) if title is not None else ""
    coded = element.find("code", NS)
    code = None
    if coded is not None and coded.get("code"):
        keys = ("code", "codeSystem", "displayName")
        code = Code(*(plain_line(coded.get(key, "")) for key in keys))
    blocks: list[Block] = []
    for text in element.findall("text", NS):
        blocks += _Flow(footnotes).of(text)
    inner = element.findall("component/section", NS)
    return Section(
        title=heading or (code.label if code else "") or UNTITLED,
        code=code,
        blocks=tuple(blocks),
        sections=tuple(_section(one, footnotes) for one in inner),
    )


class _Flow:
    """Collects blocks in reading order; inline text gathers into paragraphs between them.

    In line, whatever is met gives its words only, so that no depth is read more than once.
    """

    def __init__(self, footnotes: dict[str, int], *, in_line: bool = False) -> None:
        self._footnotes = footnotes
        self._in_line = in_line
        self._blocks: list[Block] = []
        self._runs: list[Inline] = []

    def of(self, element: Element, *, skip: frozenset[str] = frozenset()) -> tuple[Block, ...]:
        """Read the content of an element; children named in `skip` are read by the caller."""
        self._inside(element, _styles(element), skip)
        self._flush()
        return tuple(self._blocks)

    def runs_of(self, element: Element) -> tuple[Inline, ...]:
        """Read the content of an element as one line, whatever it holds."""
        flow = _Flow(self._footnotes, in_line=True)
        flow._inside(element, _styles(element))
        return trimmed(flow._runs)

    def _caption(self, element: Element) -> tuple[Inline, ...]:
        captions = (self.runs_of(caption) for caption in element.findall("caption", NS))
        return tuple(inline for runs in captions for inline in runs)

    def _inside(
        self, element: Element, styles: frozenset[str], skip: frozenset[str] = frozenset()
    ) -> None:
        self._say(element.text, styles)
        for child in element:
            if _name(child) not in skip:
                self._child(child, styles)
            self._say(child.tail, styles)

    def _child(self, child: Element, styles: frozenset[str]) -> None:
        name = _name(child)
        block = _BLOCKS.get(name)
        if block is not None and self._in_line:
            self._inside(child, styles)
            self._runs.append(Run(" "))
        elif block is not None:
            self._flush()
            self._blocks += block(self, child)
        elif name == "linkHtml" and "link" not in styles:
            self._link(child, styles)
        else:
            if name == "br":
                self._runs.append(Break())
            elif name == "footnoteRef":
                number = self._number(child.get("IDREF", ""))
                self._runs.append(Run(f"[{number}]", frozenset({"sup"})))
            self._inside(child, styles | _styles(child))

    def _say(self, text: str | None, styles: frozenset[str]) -> None:
        if text:
            line = _BLANK.sub(" ", _DIRECTION.sub("", text))
            if line != " " or self._runs:
                self._runs.append(Run(line, styles))

    def _link(self, element: Element, styles: frozenset[str]) -> None:
        """Keep the words of a link and, as text, where it led when that is an ordinary address."""
        href = _BLANK.sub("", element.get("href", ""))[:_MAX_TARGET]
        target = href if _LINK.match(href) else ""
        inner = _Flow(self._footnotes, in_line=True)
        inner._inside(element, styles | {"link"})
        worded = list(trimmed(inner._runs))
        if target and not worded:
            worded = [Run(target, styles | {"link"})]
        if (element.text or "")[:1].isspace():
            self._say(" ", styles)
        self._runs += worded[:-1]
        for last in worded[-1:]:
            self._runs.append(replace(last, target=target) if isinstance(last, Run) else last)

    def _number(self, key: str) -> int:
        return self._footnotes.setdefault(key, len(self._footnotes) + 1)

    def _flush(self) -> None:
        runs = trimmed(self._runs)
        self._runs = []
        if runs:
            self._blocks.append(Paragraph(runs))

    def paragraph(self, element: Element) -> Iterator[Block]:
        """Read a paragraph; one that holds other blocks becomes several."""
        caption = self._caption(element)
        blocks = _Flow(self._footnotes).of(element, skip=_CAPTION)
        first = blocks[0] if blocks else None
        if isinstance(first, Paragraph):
            yield replace(first, caption=(*caption, *first.caption))
            blocks = blocks[1:]
        elif caption:
            yield Paragraph((), caption)
        yield from blocks

    def footnote(self, element: Element) -> Iterator[Block]:
        """Read a note, numbered as its references are."""
        number = self._number(element.get("ID", ""))
        yield Paragraph(self.runs_of(element), footnote=number)

    def bullets(self, element: Element) -> Iterator[Block]:
        """Read a list; words outside its items follow it."""
        items = element.findall("item", NS)
        if items:
            yield Bullets(
                items=tuple(_Flow(self._footnotes).of(item) for item in items),
                ordered=element.get("listType") == "ordered",
                caption=self._caption(element),
            )
        known = frozenset({"item", "caption"} if items else {})
        yield from _Flow(self._footnotes).of(element, skip=known)

    def table(self, element: Element) -> Iterator[Block]:
        """Read a table; words outside its cells follow it."""
        groups = within(
            {
                name: tuple(self._row(row) for row in _rows(element, name))
                for name in ("thead", "tbody", "tfoot")
            }
        )
        yield Table(
            head=groups["thead"],
            body=groups["tbody"],
            foot=groups["tfoot"],
            caption=self._caption(element),
        )
        yield from self._strays(element)

    def _row(self, row: Element) -> tuple[Cell, ...]:
        return tuple(
            Cell(
                blocks=_Flow(self._footnotes).of(cell),
                header=_name(cell) == "th",
                colspan=_span(cell, "colspan"),
                rowspan=_span(cell, "rowspan"),
            )
            for cell in row
            if _name(cell) in {"td", "th"}
        )

    def _strays(self, table: Element) -> tuple[Block, ...]:
        """Gather the words of a table that stand outside its cells and caption."""
        flow = _Flow(self._footnotes)
        flow._inside(table, _NO_STYLE, frozenset({"thead", "tbody", "tfoot", "tr", "caption"}))
        for group in [table, *(one for one in table if _name(one) in _GROUPS)]:
            if group is not table:
                flow._inside(group, _NO_STYLE, frozenset({"tr"}))
            for row in group.findall("tr", NS):
                flow._inside(row, _NO_STYLE, frozenset({"td", "th"}))
        flow._flush()
        return tuple(flow._blocks)

    def media(self, element: Element) -> Iterator[Block]:
        """Point at the attachments to show here; other words inside are kept."""
        keys = element.get("referencedObject", "").split()[:_MAX_MEDIA]
        for rank, key in enumerate(keys):
            yield Media(plain_line(key), () if rank else self._caption(element))
        skip: frozenset[str] = _CAPTION if keys else frozenset()
        yield from _Flow(self._footnotes).of(element, skip=skip)


_GROUPS = frozenset({"thead", "tbody", "tfoot"})
_BLOCKS = {
    "paragraph": _Flow.paragraph,
    "list": _Flow.bullets,
    "table": _Flow.table,
    "renderMultiMedia": _Flow.media,
    "footnote": _Flow.footnote,
}


def _rows(table: Element, group: str) -> Iterator[Element]:
    for part in table.findall(group, NS):
        yield from part.findall("tr", NS)
    if group == "tbody":
        yield from table.findall("tr", NS)


def _styles(element: Element) -> frozenset[str]:
    styles: set[str] = set()
    for word in element.get("styleCode", "").split():
        styles |= STYLES.get(word.lower(), _NO_STYLE)
    tag = _STYLE_OF_TAG.get(_name(element))
    if tag:
        styles.add(tag)
    if element.get("revised") == "delete":
        styles.add("strikethrough")
    return frozenset(styles) if styles else _NO_STYLE


def _span(cell: Element, name: str) -> int:
    text = cell.get(name, "")
    return min(max(int(text), 1), _MAX_SPAN) if re.fullmatch("[0-9]{1,6}", text) else 1


def _name(element: Element) -> str:
    """Name an element of HL7; an element of another vocabulary has no name here, only words."""
    space, _, local = element.tag.rpartition("}")
    return local if space == "{" + HL7 else ""
