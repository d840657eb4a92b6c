"""What P9 says it follows, what its questions allow, and how one refuses what it reminds of."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.canned import problem, reply
from tests.browser.canned_agenda import PREFERENCES, RECOMMENDATIONS, answer
from tests.browser.conftest import Open, shoot

pytestmark = pytest.mark.browser
_PREVENTION = "/agenda/prevention"
FLU = RECOMMENDATIONS[0]


def test_an_empty_page_says_what_it_does_not_follow_and_where_to_refuse(
    page: Page, opened: Open
) -> None:
    opened(_PREVENTION, state="empty")
    expect(page.get_by_text("Parmi ce qui est suivi ici")).to_be_visible()
    expect(page.get_by_text("papillomavirus")).to_be_visible()
    page.get_by_role("link", name=re.compile("les refuser")).click()
    expect(page.get_by_role("group", name="Me rappeler")).to_be_visible()
    shoot(page, "prevention-refuse")


def test_a_day_that_does_not_count_is_said_at_its_field(page: Page, opened: Open) -> None:
    canned = opened(_PREVENTION)
    error = {
        "pointer": "/on",
        "code": "too_early",
        "detail": "Trop tôt pour compter.",
        "detail_en": "Too early to count.",
    }
    canned.overrides["PUT .*/prevention/"] = lambda route: problem(
        route, 422, "invalid", "Saisie à corriger", errors=[error]
    )
    page.get_by_role("button", name=f"C’est fait : {FLU['title']}").click()
    page.get_by_label("Date", exact=True).fill("2020-01-01")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator("#done-on-error")).to_contain_text("Trop tôt pour compter")
    expect(page.get_by_label("Date", exact=True)).to_have_value("2020-01-01")


def test_nothing_is_put_off_beyond_its_period_and_the_day_chosen_is_the_reminders(
    page: Page, opened: Open
) -> None:
    canned = opened(_PREVENTION)
    sent: list[Any] = []

    def keep(route: Route) -> None:
        sent.append(route.request.post_data_json)
        reply(route, answer("/prevention", empty=False))

    canned.overrides["PUT .*/prevention/"] = keep
    page.get_by_role("button", name=f"Plus tard : {FLU['title']}").click()
    expect(page.get_by_label("Dans un mois")).to_be_visible()
    expect(page.get_by_label("Dans trois mois")).to_have_count(0)
    page.get_by_label("À une date choisie").check()
    last = date.fromisoformat(FLU["window_closes_on"])
    page.get_by_label("Date du rappel").fill(str(last + timedelta(days=1)))
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator("#later-day-error")).to_contain_text("La période se termine")
    shoot(page, "prevention-later")
    assert sent == []
    page.get_by_label("Date du rappel").fill(str(last))
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    until = str(last - timedelta(days=1))
    assert sent == [{"state": "later", "on": None, "until": until}]


def test_why_says_how_sure_the_recommendation_is_and_its_dates(page: Page, opened: Open) -> None:
    opened(_PREVENTION)
    card = page.get_by_role("article", name=FLU["title"])
    card.locator("summary").click()
    expect(card.get_by_text("Recommandation lue dans un document qui cite")).to_be_visible()
    expect(card.get_by_text("Dates calculées par ce service")).to_be_visible()


def test_screenings_are_refused_apart_from_vaccines(page: Page, opened: Open) -> None:
    canned = opened("/plus/avis")
    sent: list[Any] = []

    def keep(route: Route) -> None:
        sent.append(route.request.post_data_json)
        reply(route, PREFERENCES)

    canned.overrides["PUT .*/preferences"] = keep
    page.get_by_label("Les vaccins et les examens de l’enfant").uncheck()
    page.get_by_label("Les dépistages").check()
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("Vos choix sont enregistrés.")).to_be_visible()
    assert sent[0]["remind"] == {"vaccination": False, "screening": True}
