"""Files of insured persons and of professionals, as the operator loads them."""

from pathlib import Path
from types import ModuleType

import pytest

from chalicelib.core.aws import client
from chalicelib.core.rows import table_name
from chalicelib.identity import directory, spaces
from chalicelib.identity.model import Activity
from chalicelib.identity.store import professional_key
from chalicelib.identity.values import Traits, parse_ins
from chalicelib.vault.errors import Tampered
from infra.loaders import persons, professionals
from infra.loaders.importing import Report
from tests import double
from tests.recorder import Recorder

DATA = Path("infra/local/data")
HEADER = "ins,ins_oid,family_name,given_names,birth_date,sex,birth_place,subscribers"
OID = "1.2.250.1.213.1.4.10"
GOOD = f"279035121518989,{OID},PAT-TROIS,DOMINIQUE MARIE-LOUISE,1979-03-28,F,51215,"
OTHER = f"162126587913677,{OID},PAT-QUATRE,GÉRARD,1962-12-05,M,65879,"
EXTRACT = (DATA / "professionals.txt").read_text(encoding="utf-8").splitlines()
COLUMNS, FIRST, SECOND = EXTRACT[0], EXTRACT[1], EXTRACT[2]


def _load(loader: ModuleType, lines: list[str], folder: Path) -> Report:
    file = folder / "lines"
    file.write_text("\n".join([*lines, ""]), encoding="utf-8")
    report: Report = loader.load(file)
    assert not file.with_name("lines.position").exists()
    return report


def _line(**values: str) -> str:
    given = dict(zip(COLUMNS.split("|"), FIRST.split("|"), strict=True))
    return "|".join((given | values).values())


def test_persons_of_a_file_get_their_spaces_once(aws: Recorder) -> None:
    del aws
    told: list[str] = []
    first = persons.load(DATA / "persons.csv", told.append)
    second = persons.load(DATA / "persons.csv", told.append)

    assert (first.done, first.refused) == (second.done, second.refused) == (6, 0)
    assert told[:6] == told[6:]
    assert len(set(told)) == 6


def test_loaded_person_is_found_by_number_and_by_traits(aws: Recorder, tmp_path: Path) -> None:
    del aws
    assert _load(persons, [HEADER, GOOD], tmp_path).done == 1

    found = spaces.find_by_ins(parse_ins("279035121518989"))
    person = persons.read_person(dict(zip(HEADER.split(","), GOOD.split(","), strict=True)))
    assert found is not None
    assert found.pid == spaces.find_by_traits(person.traits)
    assert spaces.matches(found, Traits("pat trois", ("Dominique",), person.traits.birth_date, "F"))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (GOOD.replace("279035121518989", "279035121518988"), "ins: key"),
        (GOOD.replace("279035121518989", "２79035121518989"), "ins: characters"),
        (GOOD.replace("1979-03-28", "28/03/1979"), "birth_date"),
        (GOOD.replace(OID, "1.2.3"), "ins_oid"),
        (GOOD.replace("PAT-TROIS", "--"), "family_name"),
        (GOOD.replace("DOMINIQUE MARIE-LOUISE", " "), "given_names"),
        (GOOD.replace(",F,", ",female,"), "sex"),
        (GOOD.replace(",51215,", ",,"), "birth_place"),
        (GOOD.replace(",F,51215,", ""), "5 columns instead of 8"),
        (GOOD.replace("1979", '"1979'), "quotes"),
        (GOOD + "279035121518988", "subscribers: key"),
        (GOOD + "290012901990043", "subscribers: no space yet"),
    ],
)
def test_refused_person_is_named_by_line_and_reason_and_others_pass(
    aws: Recorder, tmp_path: Path, line: str, reason: str
) -> None:
    del aws
    report = _load(persons, [HEADER, line, OTHER], tmp_path)

    assert report.shown == [(2, reason)]
    assert (report.done, report.refused) == (1, 1)
    assert (tmp_path / "lines.refused").read_text("utf-8") == f"2,{reason}\n"


def test_file_with_another_header_does_nothing(aws: Recorder, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="columns"):
        _load(persons, [HEADER.replace("ins_oid", "oid"), GOOD], tmp_path)
    with pytest.raises(ValueError, match="missing columns"):
        _load(professionals, [COLUMNS.replace("Nom d'exercice", "Nom"), FIRST], tmp_path)

    assert aws.names == []


def test_extract_gives_professionals_their_places_of_work(aws: Recorder) -> None:
    del aws
    report = professionals.load(DATA / "professionals.txt")

    claire = directory.professional("99700218896")
    assert (report.done, report.left_out, report.refused) == (7, 0, 0)
    assert claire is not None
    assert claire.name == "Dr Claire EXEMPLE-MARTIN"
    assert (claire.profession_code, claire.profession) == ("10", "Médecin")
    assert claire.activities == (
        Activity("CABINET MEDICAL EXEMPLE", "R10100000000001", "PARIS"),
        Activity("HOPITAL EXEMPLE", "750712184", "PARIS"),
    )


def test_lines_of_one_professional_may_be_far_apart(aws: Recorder, tmp_path: Path) -> None:
    del aws
    report = _load(professionals, [COLUMNS, FIRST, *EXTRACT[3:], SECOND], tmp_path)

    claire = directory.professional("99700218896")
    assert report.refused == 0
    assert claire is not None
    assert [place.organisation for place in claire.activities] == [
        "CABINET MEDICAL EXEMPLE",
        "HOPITAL EXEMPLE",
    ]


def test_newer_extract_replaces_what_the_former_said(aws: Recorder, tmp_path: Path) -> None:
    del aws
    _load(professionals, [COLUMNS, FIRST, SECOND], tmp_path)
    _load(professionals, [COLUMNS, _line(**{"Nom d'exercice": "NOUVEAU"})], tmp_path)

    claire = directory.professional("99700218896")
    assert claire is not None
    assert len(claire.activities) == 1
    assert directory.search("exemple0021889", None, None) == []
    assert directory.search("nouveau", None, None) == [claire]


def test_a_compound_name_is_found_by_each_part_until_it_is_another(
    aws: Recorder, tmp_path: Path
) -> None:
    del aws

    def found(name: str) -> list[str]:
        return [one.family_name for one in directory.search(name, None, None)]

    _load(professionals, [COLUMNS, _line(**{"Nom d'exercice": "MODELE-DE L'ETANG"})], tmp_path)
    for part in ("modele", "Étang", "modèle de l'étang"):
        assert found(part) == ["MODELE-DE L'ETANG"]
    assert found("de") == []

    _load(professionals, [COLUMNS, _line(**{"Nom d'exercice": "MODELE"})], tmp_path)
    assert (found("modele"), found("etang"), found("modele de l'etang")) == (["MODELE"], [], [])
    kept = [key for key in double.tables()[table_name("identity")] if key[0].startswith("DIR#")]
    assert len(kept) == 1


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"Identifiant PP": "99700218897"}, "rpps: key"),
        ({"Identifiant PP": "9970021889"}, "rpps: length"),
        ({"Identifiant PP": "９9700218896"}, "rpps: characters"),
        ({"Nom d'exercice": ""}, "missing: Nom d'exercice"),
        ({"Libellé profession": ""}, "missing: Libellé profession"),
    ],
)
def test_refused_professional_is_named_by_line_and_reason(
    aws: Recorder, tmp_path: Path, values: dict[str, str], reason: str
) -> None:
    del aws
    report = _load(professionals, [COLUMNS, _line(**values), EXTRACT[3]], tmp_path)

    assert report.shown == [(2, reason)]
    assert (report.done, report.refused) == (1, 1)


def test_people_without_rpps_number_are_counted_and_left_out(aws: Recorder, tmp_path: Path) -> None:
    del aws
    report = _load(professionals, [COLUMNS, _line(**{"Type d'identifiant PP": "0"})], tmp_path)

    assert (report.done, report.left_out, report.refused) == (0, 1, 0)


def test_a_newer_extract_replaces_a_row_that_somebody_altered(
    aws: Recorder, tmp_path: Path
) -> None:
    del aws
    _load(professionals, [COLUMNS, FIRST], tmp_path)
    pk, sk = professional_key("99700218896")
    key = {"pk": {"S": pk}, "sk": {"S": sk}}
    client("dynamodb").update_item(
        TableName=table_name("identity"),
        Key=key,
        UpdateExpression="SET family_name = :n",
        ExpressionAttributeValues={":n": {"S": "AUTRE"}},
    )
    with pytest.raises(Tampered):
        directory.professional("99700218896")

    _load(professionals, [COLUMNS, FIRST], tmp_path)

    claire = directory.professional("99700218896")
    assert claire is not None
    assert claire.family_name == "EXEMPLE-MARTIN"
