import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.identity.values import IdKind
from chalicelib.record.cda.header import read_header, read_moment
from chalicelib.record.cda.model import Header
from chalicelib.storage.inspect import inspect
from chalicelib.storage.refusals import Refused
from tests.record.cda.samples import a_cda


def _header(content: bytes) -> Header:
    tree = inspect(content, "text/xml").tree
    assert tree is not None
    return read_header(tree)


@pytest.mark.parametrize(
    ("text", "instant", "precision"),
    [
        ("2021", "2021-01-01T00:00:00+01:00", "year"),
        ("202104", "2021-04-01T00:00:00+02:00", "month"),
        ("20210411", "2021-04-11T00:00:00+02:00", "day"),
        ("202104111000+0200", "2021-04-11T10:00:00+02:00", "minute"),
        ("20210108102500", "2021-01-08T10:25:00+01:00", "second"),
        ("20210108102500.123-0400", "2021-01-08T10:25:00-04:00", "second"),
        ("20210108102500+0000", "2021-01-08T10:25:00+00:00", "second"),
    ],
)
def test_reads_a_time_to_its_precision(text: str, instant: str, precision: str) -> None:
    moment = read_moment(text)
    assert moment is not None
    assert (moment.instant.isoformat(), moment.precision) == (instant, precision)


@pytest.mark.parametrize(
    "text",
    [
        *("", "21", "20211301", "20210230", "2021-04-11", "20210411T10", "２０２１"),
        *("202104112500", "18991231", "21010101", "000101010000+2359", "999912312359-2359"),
    ],
)
def test_takes_what_is_not_a_time_for_no_time(text: str) -> None:
    assert read_moment(text) is None


@given(st.text("0123456789+-.", max_size=24))
def test_gives_every_time_a_zone(text: str) -> None:
    moment = read_moment(text)
    assert moment is None or moment.instant.tzinfo is not None


def test_reads_who_wrote_it_and_for_whom() -> None:
    header = _header(a_cda())
    (author,) = header.authors
    assert author.national_id is not None
    assert (author.national_id.kind, author.national_id.number) == (IdKind.RPPS, "99700245667")
    assert header.custodian is not None
    assert header.custodian.national_id is not None
    assert header.custodian.national_id.number == "750803447"
    assert header.patient.traits.given_names == ("DOMINIQUE",)


def test_reads_a_device_as_author() -> None:
    device = (
        "<author><time value='2026'/><assignedAuthor><id root='1.2.3'/><assignedAuthoringDevice>"
        "<manufacturerModelName>Modèle</manufacturerModelName><softwareName>Logiciel</softwareName>"
        "</assignedAuthoringDevice></assignedAuthor></author>"
    )
    assert [author.device for author in _header(a_cda(header=device)).authors] == [
        "",
        "Modèle Logiciel",
    ]


def test_lists_the_ins_found_elsewhere_apart_from_the_patient_s() -> None:
    signed = (
        "<legalAuthenticator><time value='2026'/><assignedEntity>"
        "<id root='1.2.250.1.213.1.4.8' extension='276059205062865'/></assignedEntity>"
        "</legalAuthenticator>"
    )
    header = _header(a_cda(header=signed))
    assert [one.extension for one in header.patient.ins] == ["279035121518989"]
    assert [one.extension for one in header.other_ins] == ["276059205062865"]


def test_prefers_the_date_of_the_act_and_falls_back_to_the_encounter() -> None:
    act = (
        "<documentationOf><serviceEvent/></documentationOf><documentationOf><serviceEvent>"
        "<effectiveTime><low value='20261118'/></effectiveTime></serviceEvent></documentationOf>"
    )
    stay = (
        "<componentOf><encompassingEncounter><effectiveTime><low value='20261101'/>"
        "<high value='20261103'/></effectiveTime><location><healthCareFacility>"
        "<code code='SA01'/><location><name>Hôpital</name></location></healthCareFacility>"
        "</location></encompassingEncounter></componentOf>"
    )
    both, encounter = _header(a_cda(header=act + stay)), _header(a_cda(header=stay))
    assert both.care_start is not None
    assert both.care_start.instant.day == 18
    assert encounter.care_start is not None
    assert encounter.care_end is not None
    assert (encounter.care_start.instant.day, encounter.care_end.instant.day) == (1, 3)
    assert encounter.location == "Hôpital"


@pytest.mark.parametrize(
    "removed",
    [
        b'<id root="1.2.250.1.213.1.1.9" extension="EXEMPLE-1"/>',
        b'<code code="11502-2"',
        b'<effectiveTime value="20261120101500+0100"/>',
        b"recordTarget",
    ],
)
def test_refuses_a_header_without_what_filing_needs(removed: bytes) -> None:
    with pytest.raises(Refused, match="cda_header_incomplete"):
        _header(a_cda().replace(removed, b"<code " if removed[:5] == b"<code" else b"x"))


def test_reduces_titles_and_names_to_one_plain_line() -> None:
    header = _header(a_cda(title="Compte\r\n  rendu \u202egpj.exe" + "x" * 1000))
    assert header.title.startswith("Compte rendu gpj.exe")
    assert len(header.title) == 300


def test_keeps_the_first_few_of_what_it_replaces_each_once() -> None:
    parents = "".join(f'<id root="1.2.3" extension="{n}"/>' for n in (0, 0, *range(8), *range(8)))
    header = (
        '<relatedDocument typeCode="RPLC"><parentDocument>'
        f"{parents}</parentDocument></relatedDocument>"
    )
    found = _header(a_cda(header=header)).replaces
    assert [one.extension for one in found] == ["0", "1", "2", "3", "4"]
