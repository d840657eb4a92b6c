from datetime import date

import pytest

from chalicelib.http.principal import ActorKind
from chalicelib.identity.values import OID_INS_NIA, OID_INS_NIR, Traits, parse_ins
from chalicelib.record.cda.header import read_header
from chalicelib.record.cda.model import Header
from chalicelib.record.cda.rules import check_patient, decide
from chalicelib.storage.inspect import inspect
from chalicelib.storage.refusals import Refused
from tests.record.cda.samples import DOMINIQUE, DOMINIQUE_INS, a_cda

OTHER_INS = parse_ins("260058815400233")
OTHER = Traits("AUTRE", ("CAMILLE",), date(1960, 5, 2), "M")


def _header(content: bytes) -> Header:
    tree = inspect(content, "text/xml").tree
    assert tree is not None
    return read_header(tree)


def _failed(**changes: object) -> tuple[str, ...]:
    header = _header(a_cda(**changes))  # type: ignore[arg-type]  # each case names its own
    return check_patient(header, DOMINIQUE_INS, DOMINIQUE)


def test_finds_the_record_s_own_person_whatever_the_root_of_the_ins() -> None:
    assert _failed() == ()
    assert _failed(ins_root=OID_INS_NIR) == ()


@pytest.mark.parametrize(
    ("claimed", "failed"),
    [
        (Traits("PAT-DEUX", ("DOMINIQUE",), date(1979, 3, 28), "F"), ("family_name",)),
        (Traits("PAT-TROIS", ("ANNE",), date(1979, 3, 28), "F"), ("given_name",)),
        (Traits("PAT-TROIS", ("DOMINIQUE",), date(1979, 3, 29), "F"), ("birth_date",)),
        (Traits("PAT-TROIS", ("DOMINIQUE",), None, "F"), ("birth_date",)),
        (Traits("PAT-TROIS", ("DOMINIQUE",), date(1979, 3, 28), "U"), ("sex",)),
        (OTHER, ("family_name", "given_name", "birth_date", "sex")),
    ],
)
def test_names_each_trait_that_differs(claimed: Traits, failed: tuple[str, ...]) -> None:
    assert _failed(traits=claimed) == failed


def test_names_the_matricule_when_it_is_another_one_or_absent() -> None:
    assert _failed(ins=OTHER_INS) == ("matricule",)
    assert _failed(ins_root="1.2.3") == ("matricule",)


def test_refuses_a_second_ins_beside_the_right_one_unless_it_is_a_waiting_number() -> None:
    own = b'<id root="1.2.250.1.213.1.4.10" extension="279035121518989"/>'
    second = '<id root="{}" extension="260058815400233"/>'
    for root, failed in ((OID_INS_NIR, ("matricule",)), (OID_INS_NIA, ())):
        content = a_cda().replace(own, own + second.format(root).encode())
        assert check_patient(_header(content), DOMINIQUE_INS, DOMINIQUE) == failed


@pytest.mark.parametrize(("birth", "failed"), [("1979", ()), ("197903", ()), ("1980", True)])
def test_compares_what_is_known_of_a_partial_birth_date(birth: str, failed: object) -> None:
    content = a_cda().replace(
        b'<birthTime value="19790328"/>', f'<birthTime value="{birth}"/>'.encode()
    )
    found = check_patient(_header(content), DOMINIQUE_INS, DOMINIQUE)
    assert found == (("birth_date",) if failed else ())


@pytest.mark.parametrize("name", ["recordTarget", "patient"])
def test_a_document_about_two_persons_is_refused(name: str) -> None:
    content = a_cda()
    begins, ends = content.index(b"<%s>" % name.encode()), content.index(b"</%s>" % name.encode())
    ends += len(b"</%s>" % name.encode())
    with pytest.raises(Refused) as refused:
        _header(content[:ends] + content[begins:ends] + content[ends:])
    assert refused.value.code == "cda_header_incomplete"


def test_refuses_a_wrong_key_on_the_patient_s_ins() -> None:
    header = _header(a_cda(ins="279035121518988"))
    verdict = decide(header, DOMINIQUE_INS, DOMINIQUE, ActorKind.ORGANISATION)
    assert verdict.refusals == ("wrong_person", "ins_key")
    assert verdict.failed_checks == ("matricule",)


def test_warns_of_a_wrong_key_elsewhere_and_of_a_date_before_birth() -> None:
    signed = (
        "<legalAuthenticator><assignedEntity><id root='1.2.250.1.213.1.4.8'"
        " extension='276059205062865'/></assignedEntity></legalAuthenticator>"
    )
    header = _header(a_cda(effective="19780101", header=signed))
    verdict = decide(header, DOMINIQUE_INS, DOMINIQUE, ActorKind.ORGANISATION)
    assert verdict.accepted
    assert verdict.warnings == ("other_ins_key", "before_birth")


@pytest.mark.parametrize(
    ("code", "accepted_from"),
    [
        ("11502-2", {"organisation", "professional", "application"}),
        ("unknown", {"organisation", "professional", "application"}),
        ("11369-6", set()),
        ("REMB", set()),
        ("EXPPAT_3", {"person"}),
        ("DOCPAT08", {"person"}),
        ("DOCPAT99", {"person"}),
    ],
)
def test_keeps_types_for_those_who_may_write_them(code: str, accepted_from: set[str]) -> None:
    header = _header(a_cda(type_code=code))
    accepted = {
        depositor.value
        for depositor in ActorKind
        if decide(header, DOMINIQUE_INS, DOMINIQUE, depositor).accepted
    }
    assert accepted == accepted_from


def test_says_nothing_of_the_other_person() -> None:
    verdict = decide(_header(a_cda(traits=OTHER)), DOMINIQUE_INS, DOMINIQUE, ActorKind.ORGANISATION)
    assert "AUTRE" not in repr(verdict)
    assert "1960" not in repr(verdict)
