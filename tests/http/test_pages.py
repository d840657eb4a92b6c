"""Each problem has a page in French that says what to do; the service says that it is well."""

import html
import re

import pytest

from chalicelib.http.problem_texts import PROBLEM_TEXTS
from tests.http_client import Client
from tests.recorder import Recorder

pytestmark = pytest.mark.usefixtures("aws")


@pytest.mark.parametrize("slug", PROBLEM_TEXTS)
def test_a_problem_has_a_page(slug: str, http: Client) -> None:
    reply = http.get(f"/problems/{slug}")
    page = reply.body.decode()
    assert reply.status == 200
    assert reply.header("Content-Type") == "text/html; charset=utf-8"
    assert '<html lang="fr">' in page
    assert html.escape(PROBLEM_TEXTS[slug].title) in page
    assert html.escape(PROBLEM_TEXTS[slug].help) in page
    assert not re.search(r"\{\w+\}", page)
    assert '<p lang="en">' in page
    assert "default-src 'none'" in str(reply.header("Content-Security-Policy"))


@pytest.mark.parametrize("slug", ["unknown-problem", "a", "NOT-FOUND", "%3Cscript%3E", "not_found"])
def test_an_unknown_problem_is_the_constant_404(slug: str, http: Client) -> None:
    reply = http.get(f"/problems/{slug}")
    assert (reply.status, reply.problem) == (404, "not-found")


def test_the_service_says_that_it_is_well_without_reading_anything(
    http: Client, calls: Recorder
) -> None:
    assert http.get("/health").json() == {"status": "ok"}
    assert calls.counted == {}
