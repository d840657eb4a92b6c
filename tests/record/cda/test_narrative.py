import json
from collections import Counter
from typing import Any
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.record.cda.body import read_body
from chalicelib.record.cda.model import to_json
from chalicelib.storage.inspect import inspect
from chalicelib.storage.xml_gate import XmlLimits
from tests.record.cda.samples import a_cda
from tests.record.cda.words import nodes, words_of_narrative, words_on_screen

TYPES = {"body", "section", "paragraph", "list", "table", "cell", "media", "text", "break"}
STYLES = {"bold", "italic", "underline", "sub", "sup", "strikethrough", "link"}


def _shown(narrative: str, title: str = "Titre") -> dict[str, Any]:
    tree = inspect(a_cda(sections=[(title, narrative)]), "text/xml").tree
    assert tree is not None
    shown: dict[str, Any] = json.loads(json.dumps(to_json(read_body(tree))))
    return shown


def _blocks(narrative: str) -> list[dict[str, Any]]:
    (section,) = _shown(narrative)["sections"]
    found: list[dict[str, Any]] = section.get("blocks", [])
    return found


def _line(block: dict[str, Any]) -> str:
    return "".join(run.get("text", "\n") for run in block["runs"])


def test_gathers_inline_text_into_one_paragraph_with_its_styles() -> None:
    (block,) = _blocks(
        'Taux <content styleCode="Bold xRed">élevé <content styleCode="Italics">(H</content>'
        '<sub>2</sub>O)</content>,<br/> à <content revised="delete">revoir</content>  contrôler '
    )
    assert _line(block) == "Taux élevé (H2O),\nà revoir contrôler"
    styles = {run["text"].strip(): run.get("styles", []) for run in block["runs"] if "text" in run}
    assert styles["(H"] == ["bold", "italic"]
    assert styles["2"] == ["bold", "sub"]
    assert styles["revoir"] == ["strikethrough"]
    assert styles["Taux"] == []


def test_keeps_the_order_of_paragraphs_lists_and_tables() -> None:
    blocks = _blocks(
        "avant<paragraph>un</paragraph><list listType='ordered'><caption>Titre</caption>"
        "<item>deux</item><item>trois<list><item>quatre</item></list></item></list>"
        "<table><caption>T</caption><tbody><tr><td>cinq</td></tr></tbody></table>après"
    )
    assert [block["type"] for block in blocks] == [
        "paragraph", "paragraph", "list", "table", "paragraph",
    ]  # fmt: skip
    bullets = blocks[2]
    assert bullets["ordered"] is True
    assert bullets["caption"] == [{"type": "text", "text": "Titre"}]
    assert [item[0]["runs"][0]["text"] for item in bullets["items"]] == ["deux", "trois"]
    assert bullets["items"][1][1]["type"] == "list"


def test_keeps_headers_spans_and_blocks_of_a_table() -> None:
    (table,) = _blocks(
        "<table><thead><tr><th colspan='2'>A</th></tr></thead><tfoot><tr><td>pied</td></tr></tfoot>"
        "<tbody><tr><td rowspan='3'><paragraph>x</paragraph><paragraph>y</paragraph></td>"
        "<td colspan='-1' rowspan='9999999'>z</td></tr><tr/><tr/></tbody></table>"
    )
    assert table["head"][0][0]["header"] is True
    assert table["head"][0][0]["colspan"] == 2
    first, second = table["body"][0]
    assert first["rowspan"] == 3
    assert len(first["blocks"]) == 2
    assert "colspan" not in second
    assert "rowspan" not in second
    assert len(table["foot"]) == 1


@pytest.mark.parametrize(
    ("href", "target"),
    [
        ("https://www.e-cancer.fr", "https://www.e-cancer.fr"),
        ("mailto:labo@example.org", "mailto:labo@example.org"),
        ("javascript:alert(1)", None),
        ("java\nscript:alert(1)", None),
        ("data:text/html,x", None),
        ("#section", None),
        ("", None),
    ],
)
def test_turns_a_link_into_text(href: str, target: str | None) -> None:
    (block,) = _blocks(f"voir<linkHtml href='{escape(href)}'> le site</linkHtml>.")
    assert _line(block) == "voir le site."
    targets = [run["target"] for run in block["runs"] if "target" in run]
    assert targets == ([target] if target else [])


def test_numbers_footnotes_as_their_references() -> None:
    blocks = _blocks(
        "TSH<footnoteRef IDREF='n1'/> et T4<footnoteRef IDREF='n2'/>"
        "<footnote ID='n2'>à jeun</footnote><footnote ID='n1'>le matin</footnote>"
    )
    assert _line(blocks[0]) == "TSH[1] et T4[2]"
    assert [(block["footnote"], _line(block)) for block in blocks[1:]] == [
        (2, "à jeun"),
        (1, "le matin"),
    ]


MESSY_TABLE = (
    "<table>un<thead>deux<tr>trois<td>quatre</td>cinq</tr></thead><caption>six</caption>"
    "<caption>sept</caption><tbody><tbody><tr><td>huit</td></tr></tbody></tbody>"
    "<tr>neuf<td>dix</td></tr><colgroup><col/>onze</colgroup></table>"
)


@pytest.mark.parametrize(
    "narrative",
    [
        "<script xmlns='http://www.w3.org/1999/xhtml'>alert(1)</script>",
        "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'><text>mot</text></svg>",
        "<h:table xmlns:h='urn:x'><h:tr><h:td>un</h:td></h:tr></h:table>",
        "<inconnu><td>un</td> deux<tr>trois</tr></inconnu>",
        MESSY_TABLE,
        "<list>un<item>deux</item>trois<caption>quatre</caption></list>",
        "<list><caption>seul</caption></list>",
        "<paragraph><caption>un</caption><table><tr><td>deux</td></tr></table></paragraph>",
        "<content><paragraph>un</paragraph>deux<list><item>trois</item></list></content>",
        "<linkHtml href='http://a'><paragraph>un</paragraph><br/></linkHtml>",
        "<renderMultiMedia referencedObject='a b'><caption>un</caption>deux</renderMultiMedia>",
        "<footnote ID='a'><table><tr><td>un</td><td>deux</td></tr></table></footnote>",
        "<![CDATA[<script>alert(1)</script>]]>",
    ],
)
def test_keeps_the_words_and_nothing_else_of_what_it_does_not_know(narrative: str) -> None:
    shown = _shown(narrative)
    assert {node["type"] for node in nodes(shown)} <= TYPES
    expected = words_of_narrative(a_cda(sections=[("Titre", narrative)]))
    assert not expected - words_on_screen(shown)


TAGS = [
    "table", "thead", "tbody", "tfoot", "tr", "td", "th", "caption", "list", "item", "paragraph",
    "content", "br", "linkHtml", "sub", "sup", "footnote", "footnoteRef", "renderMultiMedia",
    "colgroup", "col", "b", "inconnu", "renderMultiMedia referencedObject='a'",
    "linkHtml href='https://example.org'", "footnote ID='n'", "footnoteRef IDREF='n'",
]  # fmt: skip


def _element(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    inner = st.lists(children, max_size=4).map(" ".join)
    return st.builds(
        lambda tag, words: f"<{tag}>{words}</{tag.split()[0]}>", st.sampled_from(TAGS), inner
    )


WORD = st.integers(0, 99_999).map("mot{}".format)
ANY_NARRATIVE = st.recursive(WORD, _element, max_leaves=25)


@pytest.mark.slow
@settings(max_examples=300)
@given(ANY_NARRATIVE)
def test_never_loses_a_word_whatever_the_nesting(narrative: str) -> None:
    shown = _shown(narrative)
    expected = words_of_narrative(a_cda(sections=[("Titre", narrative)]))
    assert not expected - words_on_screen(shown)
    assert {node["type"] for node in nodes(shown)} <= TYPES
    assert {style for node in nodes(shown) for style in node.get("styles", [])} <= STYLES


@pytest.mark.parametrize(
    ("opening", "closing"),
    [
        ("<paragraph>", "</paragraph>"),
        ("<content>", "</content>"),
        ("<footnote>", "</footnote>"),
        ("<linkHtml href='https://example.org'>", "</linkHtml>"),
        ("<list><item>", "</item></list>"),
        ("<table><tr><td>", "</td></tr></table>"),
        ("<table><caption>", "</caption></table>"),
        ("<renderMultiMedia referencedObject='a'><caption>", "</caption></renderMultiMedia>"),
    ],
)
def test_shows_the_deepest_nesting_that_may_enter(opening: str, closing: str) -> None:
    levels = (XmlLimits().depth - 7) // opening.count("<")
    shown = _shown(opening * levels + "profond" + closing * levels)
    assert words_on_screen(shown)["profond"] == 1


def test_drops_the_characters_that_would_reverse_what_is_read() -> None:
    (block,) = _blocks("TSH \u202e5,1\u202c mUI/l \u2066x\u2069")
    assert _line(block) == "TSH 5,1 mUI/l x"


def test_labels_a_section_without_title_by_its_code_then_as_untitled() -> None:
    assert _shown("texte", title="")["sections"][0]["title"] == "Biochimie"
    body = (
        "<structuredBody><component><section><text>x</text></section></component></structuredBody>"
    )
    tree = inspect(a_cda(body=body), None).tree
    assert tree is not None
    assert read_body(tree).sections[0].title == "Section sans titre"


def test_shows_nested_sections_inside_their_parent() -> None:
    inner = "<component><section><title>Enfant</title><text>mots</text></section></component>"
    tree = inspect(a_cda(sections=[("Parent", "x")], entries=inner), None).tree
    assert tree is not None
    (parent,) = read_body(tree).sections
    assert [section.title for section in parent.sections] == ["Enfant"]


def test_writes_nothing_but_json_of_known_shapes() -> None:
    shown = _shown("<table><tr><td>1</td></tr></table>")
    assert Counter(node["type"] for node in nodes(shown))["table"] == 1
    with pytest.raises(TypeError):
        to_json(object())
