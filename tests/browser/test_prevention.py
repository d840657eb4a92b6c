"""What P9 says it follows, what its questions allow, and how one refuses what it reminds of."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from chalicelib.prevention.model import State
from chalicelib.prevention.schemas import LABELS
from tests.browser.canned import Canned, problem, reply
from tests.browser.canned_agenda import COMING, PREFERENCES, RECOMMENDATIONS, answer
from tests.browser.conftest import DESKTOP, PHONE, Open, shoot

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


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_comes_next_is_listed_by_age_after_what_is_to_do_now(
    page: Page, opened: Open, size: tuple[int, int], scheme: Any
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.emulate_media(color_scheme=scheme)
    opened(_PREVENTION)
    section = page.get_by_role("region", name="Et ensuite")
    expect(section.locator("dt")).to_have_text(["À 4 mois", re.compile(r"^À 45\sans$")])
    told = section.locator("dd")
    expect(told).to_have_count(len(COMING))
    expect(told.nth(0)).to_contain_text("suppose que l’étape d’avant soit faite dès que possible")
    expect(told.nth(1)).not_to_contain_text("suppose")
    day = date.fromisoformat(COMING[2]["opens_on"])
    expect(told.nth(2)).to_contain_text(re.compile(rf"à partir du {day.day}(er)?\s.+\s{day.year}"))
    names = page.locator("h2").all_inner_texts()
    assert names.index("Et ensuite") > names.index("Les prochaines étapes")
    section.scroll_into_view_if_needed()
    shoot(page, f"prevention-coming-{size[0]}-{scheme}")


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


class Answers:
    """Prevention that keeps what it is told, as the service does."""

    def __init__(self, canned: Canned) -> None:
        self.known: Any = answer("/prevention", empty=False)
        self.told: list[Any] = []
        canned.overrides["PUT .*/prevention/"] = self._keep

    def _keep(self, route: Route) -> None:
        said: Any = route.request.post_data_json
        key = route.request.url.rpartition("/")[2]
        assert route.request.headers["if-match"] == f'"v{self.known["version"]}"'
        self.told.append(said)
        told = said | {"state_label": LABELS[State(said["state"])]}
        items = [one | told if one["key"] == key else one for one in self.known["items"]]
        self.known |= {"items": items, "version": self.known["version"] + 1}
        reply(route, self.known, headers={"ETag": f'"v{self.known["version"]}"'})


def _undo(page: Page, title: str) -> None:
    page.get_by_role("button", name="Rétablir", exact=True).click()
    expect(page.get_by_text(re.compile(rf"{title}\s: comme avant"))).to_be_visible()


def test_each_of_the_four_answers_is_seen_where_it_is_told_and_undone(
    page: Page, opened: Open
) -> None:
    answers = Answers(opened(_PREVENTION))
    flu, measles = FLU["title"], RECOMMENDATIONS[4]["title"]
    to_plan = page.get_by_role("region", name="À planifier")
    before = {"state": "to_plan", "on": None, "until": None}
    card = page.get_by_role("article", name=flu)
    expect(to_plan.get_by_role("article", name=flu)).to_be_visible()

    done = date.fromisoformat(answers.known["today"]) - timedelta(days=3)
    page.get_by_role("button", name=f"C’est fait : {flu}").click()
    page.get_by_label("Date", exact=True).fill(str(done))
    page.get_by_role("button", name="Enregistrer").click()
    expect(to_plan).to_have_count(0)
    folded = page.locator("details.folded").filter(has_text="Réalisé (2)")
    folded.locator("summary").first.click()
    expect(card.locator(".prevention-when")).to_contain_text(f"Réalisé le {done.day}")
    _undo(page, flu)
    expect(to_plan.get_by_role("article", name=flu)).to_be_visible()
    assert answers.told == [{"state": "done", "on": str(done), "until": None}, before]

    page.get_by_role("button", name=f"Non concerné : {flu}").click()
    page.locator("details.folded").filter(has_text="Non concerné (1)").locator(
        "summary"
    ).first.click()
    expect(card.locator(".badge").first).to_have_text("Non concerné")
    _undo(page, flu)
    expect(to_plan.get_by_role("article", name=flu)).to_be_visible()
    assert answers.told[2:] == [{"state": "not_concerned", "on": None, "until": None}, before]

    again = date.fromisoformat(answers.known["today"]) + timedelta(days=20)
    page.get_by_role("button", name=f"Plus tard : {flu}").click()
    page.get_by_label("À une date choisie").check()
    page.get_by_label("Date du rappel").fill(str(again))
    page.get_by_role("button", name="Enregistrer").click()
    later = page.get_by_role("region", name="Plus tard").get_by_role("article", name=flu)
    expect(later.locator(".prevention-when")).to_contain_text(f"de nouveau proposé le {again.day}")
    shoot(page, "prevention-answered-later")
    _undo(page, flu)
    expect(to_plan.get_by_role("article", name=flu)).to_be_visible()
    until = str(again - timedelta(days=1))
    assert answers.told[4:] == [{"state": "later", "on": None, "until": until}, before]

    # What she unfolded stays so.
    page.get_by_role("button", name=f"Remettre à planifier : {measles}").click()
    expect(to_plan.get_by_role("article", name=measles)).to_be_visible()
    _undo(page, measles)
    expect(to_plan.get_by_role("article", name=measles)).to_have_count(0)
    expect(page.locator("details.folded").filter(has_text="Réalisé (1)")).to_be_visible()
    assert answers.told[6:] == [
        before,
        {"state": "done", "on": RECOMMENDATIONS[4]["on"], "until": None},
    ]
