"""Every catalogue of French sentences is set as French is: apostrophes, quotes, no-break spaces."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from chalicelib.core.events import Event, EventType
from chalicelib.http.field_texts import FIELD_TEXTS
from chalicelib.http.problem_texts import PROBLEM_TEXTS
from chalicelib.notifications import rules
from chalicelib.storage.refusals import SENTENCES
from chalicelib.trace import sentences

PERSONAS = Path(__file__).parents[2] / "infra" / "local" / "personas.json"
PARTS = ("title", "detail", "help")
UNBROKEN = r"(?<![\u00a0\u202f])"
WRONG = {
    "a straight apostrophe": r"'",
    "a straight quotation mark": r'"',
    "no no-break space before : ; ! ? % »": rf"{UNBROKEN}(?:[;!?%»]|:(?!//))",
    "no no-break space after «": r"«(?![\u00a0\u202f])",
    "no no-break space before a unit": r"[\d}] ?(?:Mo|Ko|Go|octets)\b",
}


def of_the_interface() -> Iterator[tuple[str, str]]:
    yield from ((f"refusals/{code}", sentence.french) for code, sentence in SENTENCES.items())
    yield from ((f"fields/{code}", french) for code, (french, _) in FIELD_TEXTS.items())
    for slug, text in PROBLEM_TEXTS.items():
        yield from ((f"problems/{slug}/{part}", getattr(text, part)) for part in PARTS)


def of_the_history() -> Iterator[tuple[str, str]]:
    for action, (done, asked) in sentences.DONE_ASKED.items():
        yield from ((f"trace/{action}/done", done), (f"trace/{action}/asked", asked))
    told = {**sentences.RIGHTS, **sentences.REFUSALS}
    yield from ((f"trace/{name}", said) for name, said in told.items())


def of_the_mails() -> Iterator[tuple[str, str]]:
    for kind in set(EventType) - rules.SERVED:
        mail = rules.text_for(Event("E", kind, "P", "R"), "https://carnet.exemple")
        yield from ((f"mail/{kind}/subject", mail.subject), (f"mail/{kind}/body", mail.body))


def of_the_personas() -> Iterator[tuple[str, str]]:
    told = json.loads(PERSONAS.read_text(encoding="utf-8"))
    yield "personas/note", told["note"]
    for one in told["personas"]:
        yield from ((f"personas/{one['key']}/{part}", one[part]) for part in ("display", "shows"))


def without_examples(text: str) -> str:
    """Return a text without the JSON and the beginnings of addresses that it quotes."""
    return re.sub(r'\{\{?"\w+":\S+\}|\b[a-z.]+:/', "", text)


def faults(text: str) -> list[str]:
    plain = without_examples(text)
    return [said for said, pattern in WRONG.items() if re.search(pattern, plain)]


def test_every_sentence_is_set_as_french() -> None:
    found = dict([*of_the_interface(), *of_the_history(), *of_the_mails(), *of_the_personas()])
    assert len(found) > 150
    assert {name: faults(text) for name, text in found.items() if faults(text)} == {}


@pytest.mark.parametrize(
    "text",
    ["l'accès", 'dit "non"', "limite : 4", "quoi ?", "« non\u00a0»", "10 %", "4 Mo", "{n}Mo"],
)
def test_a_fault_is_found(text: str) -> None:
    assert faults(text)


def test_the_names_of_personas_are_read_easily() -> None:
    told = json.loads(PERSONAS.read_text(encoding="utf-8"))
    names = [persona["display"] for persona in told["personas"]]
    assert not [name for name in names if re.search(r"\d", name)]
