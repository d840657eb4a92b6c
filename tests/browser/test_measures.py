"""P8: measures are noted, seen as a curve and as its table, taken away, deleted and put back."""

import re
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import SCHEMES, violations
from tests.browser.canned import PERSON, PID, problem, reply
from tests.browser.canned_children import IN_CHILD, LEA
from tests.browser.canned_measures import MEASURES, NO_TARGET, TARGET, USUAL, measure
from tests.browser.conftest import DESKTOP, PHONE, TABLET, Open

if TYPE_CHECKING:
    from playwright.sync_api import Route

pytestmark = pytest.mark.browser

RECORD = f"/v1/patients/{PID}/measures"
SIZES = [PHONE, TABLET, DESKTOP]


def note(page: Page, **figures: str) -> None:
    """Type figures, each in its field, and leave it."""
    for name, text in figures.items():
        page.get_by_label(name).fill(text)
        page.get_by_label(name).press("Tab")


def answer_added(sent: list[Any], **more: Any) -> Any:
    def add(route: "Route") -> None:
        asked: Any = route.request.post_data_json
        sent.append(asked)
        made = measure(asked["kind"], 999, 0, asked["values"])
        reply(route, made | {"at": asked["at"], "comment": asked["comment"]} | more, 201)

    return add


@pytest.mark.parametrize("kind", ["1", "2"])
def test_the_curve_and_its_table_say_the_same(page: Page, opened: Open, kind: str) -> None:
    opened(f"/mesures?k={kind}&d=tout")
    shown = MEASURES["weight" if kind == "1" else "blood_pressure"]
    drawing = page.get_by_role("img", name=re.compile(f"Courbe, .* {len(shown)}.mesures, du "))
    expect(drawing).to_be_visible()
    table = page.get_by_role("table", name=re.compile(f"{len(shown)}.mesures"))
    expect(table.get_by_role("columnheader")).to_have_text(
        ["Date et heure", "Valeur", "À savoir", "Action"]
    )
    assert table.locator("tbody tr:not(.missing)").count() == len(shown)
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        for scheme, judged in SCHEMES:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            assert violations(page, judged) == [], f"{width} px, {scheme}"
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
    assert "oids" not in page.title()
    assert "ension" not in page.title()


def test_points_are_read_by_arrows_and_said(page: Page, opened: Open) -> None:
    opened("/mesures?k=2&d=tout")
    slider = page.get_by_role("slider", name="Lire les points de la courbe")
    said = page.locator("output")
    assert said.evaluate("one => one.getAttribute('aria-live') ?? 'polite'") == "polite"
    last = [
        f"{one['values']['systolic']}/{one['values']['diastolic']}"
        for one in MEASURES["blood_pressure"]
    ]
    expect(said).to_contain_text(f"{last[0]}\u00a0mmHg")
    slider.press("ArrowLeft")
    expect(said).to_contain_text(f"{last[1]}\u00a0mmHg")
    expect(slider).to_have_attribute("aria-valuetext", f"Point {len(last) - 1} sur {len(last)}")
    slider.press("Home")
    expect(said).to_contain_text(f"{last[-1]}\u00a0mmHg")
    slider.press("End")
    expect(said).to_contain_text(f"{last[0]}\u00a0mmHg")


def test_a_press_on_the_drawing_reads_the_nearest_point(page: Page, opened: Open) -> None:
    opened("/mesures?k=2&d=tout")
    page.locator("svg.curve").click(position={"x": 46, "y": 100})
    slider = page.get_by_role("slider")
    expect(slider).to_have_value("0")


def test_missing_days_and_doubtful_points_are_seen_and_said(page: Page, opened: Open) -> None:
    opened("/mesures?k=1&d=3m")
    expect(page.locator("svg.curve polyline").nth(3)).to_be_attached()
    expect(page.locator("svg.curve path.curve-doubt")).to_have_count(2)
    expect(page.get_by_text("Ligne coupée")).to_be_visible()
    rows = page.get_by_role("row")
    expect(rows.filter(has_text="7,24")).to_contain_text("À vérifier : valeur inhabituelle")
    expect(rows.filter(has_text="82,1")).to_contain_text("À vérifier : loin des autres")
    expect(page.get_by_text(re.compile("12.jours sans mesure"))).to_be_attached()
    # What was mistyped does not flatten the rest.
    marks = page.locator("svg.curve text").all_text_contents()
    assert not {"10", "20", "80"} & set(marks)


def test_the_reference_is_drawn_in_pattern_for_an_adult_with_its_source(
    page: Page, opened: Open
) -> None:
    opened("/mesures?k=2&d=tout")
    patterns = page.locator("svg.curve pattern")
    expect(patterns).to_have_count(2)
    turned = {one.get_attribute("patternTransform") for one in patterns.all()}
    assert turned == {"rotate(45)", "rotate(-45)"}
    expect(page.get_by_text("Source : HAS et Société française")).to_be_visible()
    page.goto("/mesures?k=1&d=tout")
    expect(page.locator("svg.curve")).to_be_visible()
    expect(page.locator("svg.curve pattern")).to_have_count(0)


def test_no_reference_of_adults_is_drawn_for_a_child(page: Page, opened: Open) -> None:
    opened("/mesures?k=2&d=tout", IN_CHILD)
    expect(page.locator("svg.curve")).to_be_visible()
    expect(page.locator("svg.curve pattern")).to_have_count(0)
    expect(page.get_by_text("Ajouté par vous pour Lea").first).to_be_visible()


def test_each_range_asks_for_its_days_and_the_address_names_no_measure(
    page: Page, opened: Open
) -> None:
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url) if "/measures?" in one.url else None)
    opened("/mesures")
    page.get_by_role("link", name="1 mois").press("Enter")
    expect(page).to_have_url(re.compile(r"/mesures\?k=1&d=1m$"))
    page.get_by_role("link", name="Tension").press("Enter")
    expect(page).to_have_url(re.compile(r"/mesures\?k=2&d=1m$"))
    expect(page.get_by_role("link", name="Tension")).to_have_attribute("aria-current", "page")
    page.get_by_role("link", name="Tout").press("Enter")
    expect(page.get_by_role("table")).to_contain_text("mmHg")
    assert "from=" not in asked[-1]
    assert all("from=" in one for one in asked[:-1])


def test_an_empty_range_offers_the_whole_and_an_empty_record_a_first_one(
    page: Page, opened: Open
) -> None:
    canned = opened("/mesures?k=2&d=1m")
    canned.measures = [one for one in canned.measures if one["kind"] == "weight"]
    page.reload()
    expect(page.get_by_text("Aucune mesure sur cette période.")).to_be_visible()
    page.get_by_role("link", name="Voir toutes les mesures").press("Enter")
    expect(page.get_by_role("heading", name="Aucune tension notée")).to_be_visible()
    page.locator(".empty").get_by_role("link", name="Ajouter une mesure").press("Enter")
    expect(page.get_by_label("Tension")).to_be_checked()


def test_a_weight_is_noted_by_keyboard_with_a_comma(page: Page, opened: Open) -> None:
    canned = opened("/mesures?k=1")
    sent: list[Any] = []
    canned.overrides["POST .*/measures"] = answer_added(sent)
    page.get_by_role("link", name="Ajouter une mesure").press("Enter")
    figure = page.get_by_label("Poids, en kg")
    expect(figure).to_have_attribute("inputmode", "decimal")
    figure.fill("72,4")
    page.get_by_label("Date", exact=True).fill("2026-11-20")
    page.get_by_label("Heure").fill("07:30")
    page.get_by_label("Commentaire").fill("À jeun")
    page.get_by_label("Commentaire").press("Enter")
    expect(page.get_by_text("Mesure ajoutée.")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/mesures\?k=1$"))
    assert sent == [
        {
            "kind": "weight",
            "at": "2026-11-20T07:30:00-03:00",
            "values": {"weight": 72.4},
            "comment": "À jeun",
            "device": None,
        }
    ]


@pytest.mark.parametrize("size", [PHONE, DESKTOP])
def test_what_is_unusual_is_said_once_left_and_saved_all_the_same(
    page: Page, opened: Open, size: tuple[int, int]
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    canned = opened("/mesures/ajouter?k=2")
    sent: list[Any] = []
    canned.overrides["POST .*/measures"] = answer_added(sent, unusual=USUAL["blood_pressure"])
    page.get_by_label("Maximale, en mmHg").fill("12,8")
    expect(page.get_by_text("À vérifier")).to_have_count(0)
    note(page, **{"Maximale, en mmHg": "12,8", "Minimale, en mmHg": "7,9"})
    expect(page.get_by_text("en mmHg, cela s’écrit sans doute 128")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="Enregistrer").press("Enter")
    expect(page.get_by_text("Cette valeur est inhabituelle, vérifiez-la.")).to_be_visible()
    assert sent[0]["values"] == {"systolic": 12.8, "diastolic": 7.9}
    deleted: list[str] = []

    def forget(route: "Route") -> None:
        deleted.append(route.request.url)
        route.fulfill(status=204)

    canned.overrides["DELETE .*/measures/"] = forget
    expect(page.get_by_role("heading", name="Mes mesures")).to_be_focused()
    page.get_by_role("button", name="Retirer").press("Enter")
    expect(page.get_by_text("La mesure est retirée.")).to_be_visible()
    assert len(deleted) == 1


def test_what_is_wrong_is_summed_up_and_nothing_typed_is_lost(page: Page, opened: Open) -> None:
    canned = opened("/mesures/ajouter?k=2")
    note(page, **{"Maximale, en mmHg": "79", "Minimale, en mmHg": "128"})
    page.get_by_label("Heure").fill("")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("group", name="Vérifiez votre saisie")).to_be_focused()
    expect(page.locator("#diastolic-error")).to_contain_text("doit être plus basse")
    expect(page.locator("#time-error")).to_be_visible()
    expect(page.get_by_label("Maximale, en mmHg")).to_have_value("79")
    assert canned.count("POST", RECORD) == 0
    assert violations(page) == []


def test_what_the_server_refuses_is_said_next_to_its_field(page: Page, opened: Open) -> None:
    canned = opened("/mesures/ajouter?k=1")
    error = {
        "pointer": "/at",
        "code": "date_before_birth",
        "detail": "La date précède la naissance.",
        "detail_en": "The date is before the birth.",
    }
    canned.overrides["POST .*/measures"] = lambda route: problem(
        route, 422, "invalid", "Saisie à corriger", errors=[error]
    )
    note(page, **{"Poids, en kg": "72,4"})
    page.get_by_label("Date", exact=True).fill("1950-01-01")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator("#date-error")).to_contain_text("précède la naissance")


def test_a_second_press_after_the_network_was_lost_adds_it_once(page: Page, opened: Open) -> None:
    canned = opened("/mesures/ajouter?k=1")
    keys: list[str | None] = []

    def lose(route: "Route") -> None:
        keys.append(route.request.header_value("Idempotency-Key"))
        route.abort()

    canned.overrides["POST .*/measures"] = lose
    note(page, **{"Poids, en kg": "72,4"})
    save = page.get_by_role("button", name="Enregistrer")
    for _ in range(2):
        save.click()
        expect(page.get_by_role("alert")).to_contain_text("gardé sur cette page")
        expect(save).not_to_have_attribute("aria-busy", "true")
    assert len(keys) == 2
    assert keys[0] == keys[1]


def test_ones_own_is_deleted_at_once_and_comes_back_in_one_press(page: Page, opened: Open) -> None:
    canned = opened("/mesures?k=2&d=tout")
    sent: list[Any] = []
    canned.overrides["POST .*/measures"] = answer_added(sent)
    first = canned.measures[-len(MEASURES["blood_pressure"])]
    button = page.get_by_role("button", name=re.compile("^Supprimer 1")).first
    button.press("Enter")
    expect(page.get_by_text("Mesure supprimée.")).to_be_visible()
    expect(page.get_by_role("table")).to_contain_text(
        re.compile(f"{len(MEASURES['blood_pressure']) - 1}.mesures")
    )
    assert first not in canned.measures
    page.wait_for_function("['BUTTON', 'H1'].includes(document.activeElement.tagName)")
    page.get_by_role("button", name="Rétablir").press("Enter")
    expect(page.get_by_text("La mesure est de nouveau dans la liste.")).to_be_visible()
    assert {name: sent[0][name] for name in ("kind", "at", "values")} == {
        name: first[name] for name in ("kind", "at", "values")
    }
    expect(page.get_by_role("heading", name="Tableau")).to_be_focused()


def test_what_an_application_added_is_asked_about_first(page: Page, opened: Open) -> None:
    canned = opened("/mesures?k=1&d=3m")
    row = page.get_by_role("row").filter(has_text="Balance des Tilleuls").first
    expect(row).to_contain_text("Ajouté par l’application Balance des Tilleuls")
    row.get_by_role("button", name=re.compile("Supprimer")).press("Enter")
    dialog = page.get_by_role("alertdialog", name="Supprimer cette mesure ?")
    expect(dialog).to_contain_text("Ajouté par l’application Balance des Tilleuls")
    assert violations(page) == []
    before = len(canned.measures)
    dialog.get_by_role("button", name="Supprimer cette mesure").press("Enter")
    expect(page.get_by_text("Mesure supprimée.")).to_be_visible()
    expect(page.get_by_role("button", name="Rétablir")).to_have_count(0)
    assert len(canned.measures) == before - 1


def test_a_measure_one_may_not_delete_has_no_button(page: Page, opened: Open) -> None:
    canned = opened("/mesures?k=2&d=tout", IN_CHILD)
    for one in canned.measures:
        one["abilities"] = {"delete": False}
    try:
        page.reload()
        expect(page.get_by_role("table")).to_be_visible()
        expect(page.get_by_role("button", name=re.compile("^Supprimer"))).to_have_count(0)
        assert canned.count("GET", f"/v1/patients/{LEA}/measures") > 0
        assert canned.count("GET", RECORD) == 0
    finally:
        for one in canned.measures:
            one["abilities"] = {"delete": True}


def test_the_table_is_taken_away_for_a_spreadsheet(
    page: Page, opened: Open, tmp_path: Path
) -> None:
    opened("/mesures?k=2&d=tout")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Télécharger le tableau (CSV)").press("Enter")
    assert waiting.value.suggested_filename == "Mesures - tension.csv"
    kept = tmp_path / "kept.csv"
    waiting.value.save_as(kept)
    lines = kept.read_bytes().decode("utf-8-sig").split("\r\n")
    assert lines[0] == (
        "Date;Heure;Décalage;Maximale (mmHg);Minimale (mmHg);Commentaire;Origine;Appareil"
    )
    assert len(lines) == len(MEASURES["blood_pressure"]) + 2
    assert lines[-1] == ""


def test_on_paper_all_is_there_and_nothing_to_press(page: Page, opened: Open) -> None:
    opened("/mesures?k=1&d=tout")
    rows = page.locator(".measures tbody tr:not(.missing)")
    assert sum(one.is_visible() for one in rows.all()) == 20
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", name="Poids – Tout")).to_be_visible()
    assert all(one.is_visible() for one in rows.all())
    expect(page.locator(".print-head")).to_contain_text("PAT-TROIS")
    for hidden in (page.get_by_role("slider"), page.get_by_role("button").first):
        expect(hidden).not_to_be_visible()


def test_it_is_reached_from_home_and_more(page: Page, opened: Open) -> None:
    opened("/accueil", PERSON)
    page.get_by_role("link", name="Mes mesures").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Mes mesures")
    page.goto("/plus")
    page.get_by_role("link", name=re.compile("^Mes mesures")).press("Enter")
    expect(page).to_have_url(re.compile("/mesures$"))
    page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
    rail = page.get_by_role("navigation", name="Navigation principale")
    expect(rail.get_by_role("link", name="Mesures")).to_have_attribute("aria-current", "page")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_childs_weights_are_over_the_reference_of_her_age(
    page: Page, opened: Open, scheme: str
) -> None:
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    opened("/mesures?k=1&d=tout", IN_CHILD)
    expect(
        page.get_by_role("img", name=re.compile("avec les courbes de référence"))
    ).to_be_visible()
    expect(page.locator("svg.curve .growth-line")).to_have_count(5)
    expect(page.locator("svg.curve .growth-label")).to_have_text(["3ᵉ", "15ᵉ", "50ᵉ", "85ᵉ", "97ᵉ"])
    tops = [one.bounding_box() for one in page.locator(".growth-label").all()]
    heights = [box["y"] for box in tops if box]
    assert all(low - high >= 13 for low, high in pairwise(heights))
    words = page.get_by_role("region", name="Par rapport aux enfants de son âge")
    expect(words).to_contain_text(re.compile("20,7.kg à 7.ans, entre le 15ᵉ et le 50ᵉ percentile"))
    for said in ("entre 15 et 50 pèsent moins", "Un seul point dit peu", "médecin", "OMS", "terme"):
        expect(words).to_contain_text(said)
    expect(words).to_contain_text("Ce ne sont pas les courbes du carnet de santé français")
    row = page.get_by_role("row").filter(has_text=re.compile("9,4.kg"))
    expect(row).to_contain_text(re.compile("12.mois.*ntre le 50ᵉ et le 85ᵉ percentile"))
    slider = page.get_by_role("slider")
    slider.press("Home")
    expect(page.locator("output")).to_contain_text(re.compile("1.jour, entre le 50ᵉ et le 85ᵉ"))
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    # No weight to reach is asked of a child, nor set for her.
    expect(page.get_by_text("objectif")).to_have_count(0)


def test_beyond_ten_years_or_of_unknown_sex_no_curve_is_drawn_and_why_is_said(
    page: Page, opened: Open
) -> None:
    canned = opened("/mesures?k=1&d=tout", IN_CHILD)
    canned.measures = [measure("weight", 1, 1, {"weight": 36})]
    assert canned.born
    canned.born = canned.born.replace(year=canned.born.year - 5)
    page.reload()
    expect(page.get_by_text("s’arrête à 10 ans")).to_be_visible()
    expect(page.locator("svg.curve .growth-line")).to_have_count(0)
    canned.born = None
    page.reload()
    expect(page.get_by_text("le sexe ou la date de naissance n’est pas connu")).to_be_visible()


def test_a_target_is_set_drawn_and_removed(page: Page, opened: Open) -> None:
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    canned = opened("/mesures?k=1&d=3m")
    sent: list[Any] = []

    def keep(route: "Route") -> None:
        sent.append((route.request.header_value("If-Match"), route.request.post_data_json))
        canned.target = TARGET
        reply(route, TARGET)

    def forget(route: "Route") -> None:
        canned.target = NO_TARGET
        route.fulfill(status=204)

    canned.overrides["PUT .*/target"] = keep
    canned.overrides["DELETE .*/target"] = forget
    expect(page.locator("svg.curve .curve-target")).to_have_count(0)
    page.get_by_role("button", name="Fixer un objectif").press("Enter")
    dialog = page.get_by_role("dialog", name="Fixer un objectif")
    dialog.get_by_label("Poids à atteindre").fill("3")
    dialog.get_by_role("button", name="Enregistrer").press("Enter")
    expect(dialog.locator("#target-weight-error")).to_have_text("Écrivez un poids de 30 à 300 kg.")
    assert violations(page) == []
    dialog.get_by_label("Poids à atteindre").fill("68,5")
    dialog.get_by_label("Poids à atteindre").press("Enter")
    expect(page.get_by_text("Objectif enregistré.")).to_be_visible()
    assert sent == [('"v1"', {"weight": 68.5, "by": None})]
    expect(page.locator("svg.curve")).to_contain_text(re.compile("Objectif 68,5.kg"))
    words = page.get_by_role("region", name="Mon objectif")
    expect(words).to_contain_text(re.compile("3,9.kg au-dessus de votre objectif"))
    assert violations(page) == []
    page.get_by_role("button", name="Retirer l’objectif").press("Enter")
    expect(page.get_by_text("Objectif retiré.")).to_be_visible()
    expect(page.locator("svg.curve .curve-target")).to_have_count(0)


def test_errors_are_told_and_tried_again(page: Page, opened: Open) -> None:
    canned = opened("/mesures?k=1", state="error")
    expect(page.get_by_role("alert")).to_be_visible()
    canned.state = "full"
    page.get_by_role("button", name="Réessayer").press("Enter")
    expect(page.get_by_role("table")).to_be_visible()
