"""Every problem has words in two languages and a page; the French is plain and well set."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from chalicelib.core import errors
from chalicelib.core.errors import FieldError, Invalid, NotFound, Problem, Unauthenticated
from chalicelib.http import problems
from chalicelib.http.field_texts import FIELD_TEXTS
from chalicelib.http.mount import _FRAMEWORK_SLUGS
from chalicelib.http.problem_texts import PROBLEM_TEXTS, Text
from tests.contracts.test_french import without_examples

ROOT = Path(__file__).parents[2] / "chalicelib"
RAISABLE = [
    value
    for value in vars(errors).values()
    if isinstance(value, type) and issubclass(value, Problem) and value is not Problem
]
FRENCH = [
    *((slug, getattr(text, part)) for slug, text in PROBLEM_TEXTS.items()
      for part in ("title", "detail", "help")),
    *((code, french) for code, (french, _) in FIELD_TEXTS.items()),
]  # fmt: skip
ENGLISH = [
    *((slug, getattr(text, part)) for slug, text in PROBLEM_TEXTS.items()
      for part in ("title_en", "detail_en")),
    *((code, english) for code, (_, english) in FIELD_TEXTS.items()),
]  # fmt: skip


@cache
def calls() -> dict[str, list[ast.Call]]:
    """Find every call of a name in the product, by name."""
    found: dict[str, list[ast.Call]] = {}
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                found.setdefault(node.func.id, []).append(node)
    return found


def literals(name: str, position: int) -> set[str]:
    """Collect the literal n-th argument of every call of a name in the product."""
    return {
        str(argument.value)
        for node in calls().get(name, [])
        for argument in node.args[position : position + 1]
        if isinstance(argument, ast.Constant)
    }


def test_every_slug_raised_anywhere_has_words() -> None:
    raised = {slug for problem in RAISABLE for slug in literals(problem.__name__, 0)}
    assert "already-deposited" in raised
    used = raised | {problem.slug for problem in RAISABLE} | set(_FRAMEWORK_SLUGS.values())
    assert used <= set(PROBLEM_TEXTS)


def test_every_field_code_raised_anywhere_has_words() -> None:
    codes = literals("FieldError", 1) | literals("_refuse", 0)
    assert "too_deep" in codes
    assert {code for code in codes if re.fullmatch(r"[a-z_]+", code)} <= set(FIELD_TEXTS)


def test_every_member_added_to_a_problem_anywhere_is_in_the_contract() -> None:
    added = {
        keyword.arg
        for problem in RAISABLE
        for call in calls().get(problem.__name__, [])
        for keyword in call.keywords
    } - {"errors", "retry_after_seconds"}
    assert {"reason", "document_id", "limit_bytes"} <= added
    assert added == set(problems.MEMBERS)


def test_every_problem_has_a_status_of_its_own_kind() -> None:
    statuses = [problem.status for problem in RAISABLE]
    assert len(set(statuses)) == len(statuses)
    assert all(400 <= status < 600 for status in statuses)


@pytest.mark.parametrize(("name", "text"), FRENCH)
def test_french_is_plain_and_set_as_french(name: str, text: str) -> None:
    assert text == text.strip(), name
    text = without_examples(text)
    for sentence in re.split(r"(?<=[.!?…])\s+", text):
        assert len(re.findall(r"[\wÀ-ÿ’'-]+", sentence)) <= 20, sentence
    assert "'" not in text, "the apostrophe is ’"
    assert '"' not in text, "quotation marks are « »"
    assert not re.search(r"(?<![\u00a0\u202f])[;:!?»]", text), "no-break space before ; : ! ? »"
    assert not re.search(r"«(?![\u00a0\u202f])", text), "no-break space after «"
    assert "  " not in text


@pytest.mark.parametrize(("name", "text"), ENGLISH)
def test_english_is_there(name: str, text: str) -> None:
    assert text.strip(), name
    assert not re.search(r"[àâçéèêëîïôûùü]", text)


@pytest.mark.parametrize("text", PROBLEM_TEXTS.values(), ids=list(PROBLEM_TEXTS))
def test_both_languages_use_the_same_figures(text: Text) -> None:
    def names(value: str) -> set[str]:
        return {name.removesuffix("_en") for name in re.findall(r"\{(\w+)\}", value)}

    assert names(text.detail) >= names(text.detail_en)


def test_a_problem_carries_its_figures_and_every_error() -> None:
    body, headers = problems.render(
        Invalid(errors=(FieldError("/a", "too_deep", {"limit": 32}), FieldError("", "syntax")))
    )
    assert headers == {"Content-Type": "application/problem+json"}
    assert '"pointer":"/a","code":"too_deep","detail":"Plus de 32 niveaux imbriqués."' in body


@pytest.mark.parametrize(
    ("limit_bytes", "french", "english"),
    [
        (4 * 1024 * 1024, "4\u00a0Mo", "4 MB"),
        (4_400_000, "4\u00a0Mo", "4 MB"),
        (10 * 1024 * 1024, "10\u00a0Mo", "10 MB"),
        (64 * 1024, "64\u00a0Ko", "64 kB"),
    ],
)
def test_a_limit_is_said_as_people_say_it(limit_bytes: int, french: str, english: str) -> None:
    members = problems.body("too-large", 413, limit_bytes=limit_bytes)
    assert members["detail"] == (
        f"Le contenu dépasse la limite de {french}. Rien n’a été enregistré."
    )
    assert (
        members["detail_en"] == f"The content is over the limit of {english}. Nothing was stored."
    )


def test_a_missing_figure_shows_as_a_dash() -> None:
    body, _ = problems.render(Invalid(errors=(FieldError("/a", "too_deep"),)))
    assert "Plus de – niveaux" in body


def test_a_constant_problem_has_constant_bytes() -> None:
    assert problems.render(NotFound()) == problems.render(NotFound())
    with pytest.raises(TypeError):
        NotFound("a reason")  # type: ignore[call-arg]  # it must not take one


def test_a_401_says_how_to_authenticate() -> None:
    assert problems.render(Unauthenticated())[1]["WWW-Authenticate"] == "Bearer"
