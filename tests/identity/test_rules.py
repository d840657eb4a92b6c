"""Rules of identity: claims read, traits compared, names shown. No store."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.identity import rules
from chalicelib.identity.model import (
    Activity,
    LoginProblem,
    LoginRefused,
    Professional,
    Provider,
    shown,
)
from chalicelib.identity.values import RPPS, Sex, Traits, compare_traits, fold

CLIENT: Final = Path(__file__).parents[2] / "web" / "src" / "app.tsx"
SCREENS = set(re.findall(r'<Route path="/([a-z]+)', CLIENT.read_text("utf-8")))
SCREENS -= {"connexion"}  # one does not come back to the door
NAMES = st.text(st.sampled_from("AÉœz -’'"), min_size=1, max_size=12).filter(
    lambda name: bool(fold(name))
)
DATES = st.dates(date(1900, 1, 1), date(2026, 1, 1))
SEXES: st.SearchStrategy[Sex] = st.sampled_from(["M", "F", "U"])
PIVOT = {
    "given_name": "Angela Claire Louise",
    "family_name": "EXEMPLE",
    "birthdate": "1962-08-24",
    "gender": "female",
    "birthplace": "75107",
    "birthcountry": "99100",
}


RECORDS = st.builds(
    Traits, NAMES, st.lists(NAMES, min_size=1, max_size=3).map(tuple), DATES, SEXES, st.just("1")
)
CLAIMS = st.builds(Traits, NAMES, st.tuples(NAMES), DATES, SEXES)
BORN = date(2000, 1, 1)


@given(RECORDS, CLAIMS)
@example(Traits("A", ("A",), BORN, "F", "1"), Traits("A", ("A A",), BORN, "F"))
@example(Traits("A", ("A-A",), BORN, "F", "1"), Traits("A", ("A A A",), BORN, "F"))
@example(Traits("A", ("z",), BORN, "F", "1"), Traits("A", ("A z",), BORN, "F"))
def test_blind_comparison_of_traits_agrees_with_the_plain_one(
    record: Traits, claims: Traits
) -> None:
    same_otherwise = replace(record, given_names=claims.given_names)

    for claimed in (claims, same_otherwise, record):
        agrees = rules.lookup_key(record) in rules.lookup_candidates(claimed)
        assert agrees is (compare_traits(record, claimed) == ())


def test_pivot_identity_is_read_with_its_first_given_name_first() -> None:
    expected = Traits("EXEMPLE", ("Angela", "Claire", "Louise"), date(1962, 8, 24), "F", "75107")

    assert rules.traits_of_claims(PIVOT) == expected
    listed = PIVOT | {"given_name_array": ["Angela", "Claire", "Louise"]}
    assert rules.traits_of_claims(listed) == expected


def test_person_born_abroad_has_the_country_as_birth_place() -> None:
    abroad = PIVOT | {"birthplace": "", "birthcountry": "99134"}

    assert rules.traits_of_claims(abroad).birth_place == "99134"


@pytest.mark.parametrize(
    "change",
    [
        {"birthdate": "1962-08-00"},
        {"birthdate": ""},
        {"family_name": " - "},
        {"given_name": ""},
        {"given_name_array": []},
        {"given_name_array": [1, None]},
    ],
)
def test_partial_identity_matches_nobody(change: dict[str, Any]) -> None:
    with pytest.raises(LoginRefused) as refused:
        rules.traits_of_claims(PIVOT | change)

    assert refused.value.problem is LoginProblem.UNKNOWN


@pytest.mark.parametrize(
    "claims",
    [
        {"SubjectNameID": "899700218896"},
        {"preferred_username": "899700218896"},
        {"otherIds": [{"identifiant": "899700218896", "origine": "RPPS", "qualite": 1}]},
        {"SubjectNameID": "0759124159", "preferred_username": "899700218896"},
    ],
)
def test_national_number_is_found_wherever_the_provider_puts_it(claims: dict[str, Any]) -> None:
    assert rules.rpps_of_claims(claims) == "99700218896"


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"SubjectNameID": "0759124159"},
        {"otherIds": "899700218896"},
        {"otherIds": [{"identifiant": "899700218896", "origine": "ADELI"}]},
        {"otherIds": ["899700218896", None]},
    ],
)
def test_claims_without_a_national_number_are_refused(claims: dict[str, Any]) -> None:
    with pytest.raises(LoginRefused):
        rules.rpps_of_claims(claims)


def test_place_of_work_is_the_first_of_the_claims() -> None:
    place = {"raisonSocialeSite": "HOPITAL", "numeroFinessSite": "750712184"}
    claims = {
        "SubjectOrganization": "OTHER",
        "SubjectRefPro": {"exercices": [{"activities": [{"raisonSocialeSite": ""}, place]}]},
    }

    assert rules.activity_of_claims(claims) == Activity("HOPITAL", "750712184", "")


@pytest.mark.parametrize(
    "details", [None, "x", {}, {"exercices": None}, {"exercices": ["x"]}, {"exercices": [{}]}]
)
def test_place_of_work_falls_back_on_the_organisation(details: object) -> None:
    claims = {"SubjectOrganization": "CABINET", "SubjectRefPro": details}

    assert rules.activity_of_claims(claims) == Activity("CABINET", "", "")
    assert rules.activity_of_claims({"SubjectRefPro": details}) is None


def test_persons_need_substantial_assurance_and_professionals_their_only_level() -> None:
    assert rules.requested_levels(Provider.FRANCECONNECT) == "eidas2"
    assert rules.requested_levels(Provider.PSC) == "eidas1"
    assert not rules.level_is_enough(Provider.FRANCECONNECT, "eidas1")
    assert not rules.level_is_enough(Provider.PSC, ["eidas1"])


@pytest.mark.parametrize("screen", sorted(SCREENS))
def test_who_logs_in_goes_back_to_any_screen_of_the_client(screen: str) -> None:
    assert rules.is_own_path(f"/{screen}")
    assert rules.is_own_path(f"/{screen}/01J9ZZZZZZZZZZZZZZZZZZZZZZ?v=mois")


def test_who_logs_in_goes_back_to_a_conversation() -> None:
    one = "c.1." + "A" * 146
    assert rules.is_own_path(f"/messages/{one}")
    assert rules.is_own_path(f"/pro/messages/{one}")
    for wrong in (
        "/messages/..",
        "/messages/c.1.",
        "/messages/c.1./x",
        f"/messages/c.1.{'A' * 301}",
    ):
        assert not rules.is_own_path(wrong)


@given(st.text(max_size=40))
@example("/accueil\n")
@example("//")
@example("/pro/../x")
def test_path_to_return_to_can_only_be_a_screen_of_ours(text: str) -> None:
    if rules.is_own_path(text):
        assert text == "/" or text.partition("?")[0].split("/")[1] in SCREENS
        assert not set(text) & set("\\%#:;@ \r\n\t")
        assert "//" not in text


@pytest.mark.parametrize(
    ("civility", "given_name", "expected"),
    [
        ("DR", "JEAN-MARC", "Dr Jean-Marc EXEMPLE"),
        ("", "NORA", "Nora EXEMPLE"),
        ("PR", "", "Pr EXEMPLE"),
    ],
)
def test_professional_is_called_as_people_call_her(
    civility: str, given_name: str, expected: str
) -> None:
    one = Professional(RPPS("1"), civility, "Exemple", given_name, "10", "Médecin", (), True)

    assert one.name == expected
    assert one.place is None


def test_names_are_shown_with_capitals_at_each_word() -> None:
    assert shown("MARIE-LOUISE D'ÉTÉ") == "Marie-Louise D'Été"
