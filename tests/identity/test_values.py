import csv
import unicodedata
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.identity.values import (
    IdKind,
    InvalidIdentifier,
    Traits,
    compare_traits,
    fold,
    luhn_is_right,
    parse_finess,
    parse_ins,
    parse_organisation_id,
    parse_professional_id,
    parse_rpps,
    parse_siret,
    traits_key,
)

VECTORS = Path(__file__).parents[3] / "shared/reference/identity/nir_test_vectors.csv"
DOMINIQUE = Traits("PAT-TROIS", ("DOMINIQUE",), date(1979, 3, 28), "F", "51215")


def test_accepts_and_refuses_each_number_of_the_reference_vectors() -> None:
    if not VECTORS.exists():
        pytest.skip("reference vectors are not on this machine")
    with VECTORS.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 13
    wrong = [row["nir13"] for row in rows if _accepts(row) != (row["valid"] == "true")]
    assert wrong == []


def _accepts(row: dict[str, str]) -> bool:
    try:
        parse_ins(row["nir13"] + row["key"])
    except InvalidIdentifier:
        return False
    return True


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "length"),
        ("2790351215189", "length"),
        ("27903512151898900", "length"),
        ("27903512151898\n", "characters"),
        ("２７９０３５１２１５１８９８９", "characters"),
        ("٢٧٩٠٣٥١٢١٥١٨٩٨٩", "characters"),
        ("2790351215189 9", "characters"),
        ("284052a32102552", "characters"),
        ("379035121518989", "format"),
        ("279135121518989", "format"),
        ("2840521A2102552", "format"),
        ("27903512151898A", "format"),
        ("279035121518988", "key"),
        ("279035121518900", "key"),
        ("279035121518998", "key"),
    ],
)
def test_refuses_a_matricule_and_says_why_without_repeating_it(text: str, code: str) -> None:
    with pytest.raises(InvalidIdentifier) as caught:
        parse_ins(text)
    assert caught.value.code == code
    assert not text or text not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "length"),
        ("9999990140001", "length"),
        ("999999014000150", "length"),
        ("999 999 014 00015", "length"),
        ("9999990140001\n", "characters"),
        ("９９９９９９０１４０００１５", "characters"),
        ("99999901400016", "key"),
        ("99999901400051", "key"),  # two digits exchanged
        ("35600000000049", "key"),  # La Poste, whose digits make 27
        ("35600000000013", "key"),  # 18
        ("35600000100010", "key"),  # and 16
    ],
)
def test_refuses_a_siret_and_says_why_without_repeating_it(text: str, code: str) -> None:
    with pytest.raises(InvalidIdentifier) as caught:
        parse_siret(text)
    assert (caught.value.code, caught.value.kind) == (code, "SIRET")
    assert not text or text not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "99999901400015",
        "99999902200018",
        "73282932000074",  # the example of the documentation of Sirene
        "35600000000048",  # the seat of La Poste, whose key is right
        "35600000012341",  # La Poste: 25, a multiple of five, and no Luhn key
    ],
)
def test_reads_a_siret_with_its_key(text: str) -> None:
    assert parse_siret(text) == text


@pytest.mark.parametrize("number", ["7170312345678", "8103112345678", "5170312345678"])
def test_reads_temporary_numbers_with_their_key(number: str) -> None:
    key = 97 - int(number) % 97
    assert parse_ins(f"{number}{key:02d}").matricule == f"{number}{key:02d}"


@pytest.mark.parametrize(
    "matricule", ["279035121518989", "260058815400233", "284052A32102552", "284052B32102579"]
)
@given(data=st.data())
def test_never_accepts_a_matricule_with_one_digit_changed(
    matricule: str, data: st.DataObject
) -> None:
    position = data.draw(st.integers(0, 14))
    digit = data.draw(st.sampled_from("0123456789"))
    changed = matricule[:position] + digit + matricule[position + 1 :]
    if changed == matricule:
        return
    with pytest.raises(InvalidIdentifier):
        parse_ins(changed)


@given(st.text(max_size=20))
def test_answers_or_refuses_any_text_and_never_fails_otherwise(text: str) -> None:
    for parse in (parse_ins, parse_rpps, parse_finess, parse_professional_id):
        try:
            parse(text)
        except InvalidIdentifier:
            continue
        assert text.isascii()


def test_hides_the_matricule_and_the_traits_from_logs() -> None:
    shown = f"{parse_ins('279035121518989')!r} {DOMINIQUE!r}"
    assert "2790" not in shown
    assert "TROIS" not in shown


@pytest.mark.parametrize("number", ["99700245667", "99700218896"])
def test_reads_an_rpps_whose_luhn_key_is_right(number: str) -> None:
    assert parse_rpps(number) == number


def test_refuses_an_rpps_with_a_wrong_key_unless_told_otherwise() -> None:
    with pytest.raises(InvalidIdentifier, match="key"):
        parse_rpps("99700245668")
    assert parse_rpps("99700245668", check_key=False) == "99700245668"
    with pytest.raises(InvalidIdentifier, match="characters"):
        parse_rpps("９9700245667", check_key=False)


@given(st.text("0123456789", min_size=10, max_size=10))
def test_exactly_one_last_digit_makes_a_luhn_number(body: str) -> None:
    assert sum(luhn_is_right(body + last) for last in "0123456789") == 1


@pytest.mark.parametrize("number", ["750803447", "750712184", "2A0000014", "2B0000020"])
def test_reads_a_finess_of_the_mainland_and_of_corsica(number: str) -> None:
    assert parse_finess(number) == number


@pytest.mark.parametrize(
    ("text", "code"),
    [("75080344", "length"), ("750803448", "key"), ("7508O3447", "characters"),
     ("2C0000014", "characters"), ("A20000014", "format")],
)  # fmt: skip
def test_refuses_a_malformed_finess(text: str, code: str) -> None:
    with pytest.raises(InvalidIdentifier) as caught:
        parse_finess(text)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("text", "kind", "number"),
    [
        ("899700245667", IdKind.RPPS, "99700245667"),
        ("3750803447/123", IdKind.FINESS_LOCAL, "750803447/123"),
        ("0759999999", IdKind.ADELI, "759999999"),
    ],
)
def test_reads_what_a_ps_idnat_holds(text: str, kind: IdKind, number: str) -> None:
    found = parse_professional_id(text)
    assert (found.kind, found.number) == (kind, number)


@pytest.mark.parametrize(
    ("text", "kind", "number"),
    [
        ("1750803447", IdKind.FINESS, "750803447"),
        ("318003502400041", IdKind.SIRET, "18003502400041"),
        ("499700218896008", IdKind.RPPS_RANK, "99700218896008"),
    ],
)
def test_reads_what_a_struct_idnat_holds(text: str, kind: IdKind, number: str) -> None:
    found = parse_organisation_id(text)
    assert (found.kind, found.number) == (kind, number)


@pytest.mark.parametrize("text", ["", "8", "999700245667", "8997002456", "8é9700245667"])
def test_refuses_a_ps_idnat_of_unknown_prefix_or_shape(text: str) -> None:
    with pytest.raises(InvalidIdentifier):
        parse_professional_id(text)


def test_keeps_a_wrong_key_as_a_fact_when_asked_not_to_refuse_it() -> None:
    found = parse_professional_id("801234534765", check_key=False)
    assert found.kind is IdKind.RPPS
    assert not found.key_is_right


@pytest.mark.parametrize(
    ("family", "given_name"),
    [
        ("pat trois", "Dominique"),
        ("Pât-Trois", "DOMINIQUE MARIE-LOUISE"),
        ("PAT’TROIS", "dominique  Marie"),
        ("PATTROIS", "Dominique-Marie"),
    ],
)
def test_finds_the_same_person_whatever_case_accents_and_hyphens(
    family: str, given_name: str
) -> None:
    claimed = Traits(family, (given_name,), date(1979, 3, 28), "F")
    assert compare_traits(DOMINIQUE, claimed) == ()


def test_compares_a_compound_given_name_however_it_is_joined() -> None:
    record = Traits("ŒUVRARD", ("Marie-Louise",), date(1980, 1, 1), "F")
    for given_name in ("MARIE LOUISE", "Marielouise Anne", "marie-louise anne"):
        claimed = Traits("OEUVRARD", (given_name,), date(1980, 1, 1), "F")
        assert compare_traits(record, claimed) == ()


@pytest.mark.parametrize(
    ("claimed", "failed"),
    [
        (Traits("PAT-DEUX", ("DOMINIQUE",), date(1979, 3, 28), "F"), ("family_name",)),
        (Traits("PAT-TROIS", ("DOMI",), date(1979, 3, 28), "F"), ("given_name",)),
        (Traits("PAT-TROIS", ("MARIE DOMINIQUE",), date(1979, 3, 28), "F"), ("given_name",)),
        (Traits("PAT-TROIS", (), date(1979, 3, 28), "F"), ("given_name",)),
        (Traits("PAT-TROIS", ("DOMINIQUE",), date(1979, 3, 27), "F"), ("birth_date",)),
        (Traits("PAT-TROIS", ("DOMINIQUE",), None, "F"), ("birth_date",)),
        (Traits("PAT-TROIS", ("DOMINIQUE",), date(1979, 3, 28), "M"), ("sex",)),
        # A Cyrillic capital A is another letter, not another spelling.
        (Traits("P\u0410T-TROIS", ("DOMINIQUE",), date(1979, 3, 28), "F"), ("family_name",)),
        (Traits("", ("",), None, "U"), ("family_name", "given_name", "birth_date", "sex")),
    ],
)
def test_names_every_trait_that_differs(claimed: Traits, failed: tuple[str, ...]) -> None:
    assert compare_traits(DOMINIQUE, claimed) == failed


@given(st.text(st.characters(codec="latin-1", categories=["L"]), min_size=1, max_size=20))
def test_folds_a_name_alike_in_composed_and_decomposed_form(name: str) -> None:
    composed, decomposed = (unicodedata.normalize(form, name) for form in ("NFC", "NFD"))
    assert fold(composed) == fold(decomposed) == fold(f" {name.upper().lower()} ")


def test_gives_one_key_to_two_spellings_of_a_person_and_another_to_a_namesake() -> None:
    other_spelling = Traits("Pat Trois", ("dominique",), date(1979, 3, 28), "F", "51215")
    born_elsewhere = Traits("PAT-TROIS", ("DOMINIQUE",), date(1979, 3, 28), "F", "2A004")
    assert traits_key(DOMINIQUE) == traits_key(other_spelling)
    assert traits_key(DOMINIQUE) == "1|pattrois|dominique|1979-03-28|F|51215"
    assert traits_key(DOMINIQUE) != traits_key(born_elsewhere)
