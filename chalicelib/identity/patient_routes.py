"""Finding and reading a person; finding a professional in the public directory."""

from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from chalicelib.core import clock
from chalicelib.core.errors import FieldError, Forbidden, Invalid, NotFound
from chalicelib.http.endpoint import Answer, Call, NoQuery, Schema, endpoint
from chalicelib.http.fields import Day
from chalicelib.http.principal import ActorKind
from chalicelib.identity import patients
from chalicelib.identity.model import Professional
from chalicelib.identity.patients import Patient
from chalicelib.identity.routes import Coded
from chalicelib.identity.values import (
    RPPS,
    InvalidIdentifier,
    Sex,
    Traits,
    parse_ins,
    parse_rpps,
)

_NAME_CHARS: Final = 100
_SEX_CODES: Final[dict[str, Sex]] = {"female": "F", "male": "M", "unknown": "U"}
_SEX_WORDS: Final = {code: word for word, code in _SEX_CODES.items()}


def _ins(text: str) -> str:
    """Refuse what is not a matricule with its key, with whatever else is wrong."""
    try:
        parse_ins(text)
    except InvalidIdentifier as error:
        raise PydanticCustomError(_code(error), "not a matricule INS") from error
    return text


class LookupBody(Schema):
    """A national number with the traits that must go with it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "ins": "279035121518989",
                    "family_name": "PAT-TROIS",
                    "given_name": "DOMINIQUE",
                    "birth_date": "1979-03-28",
                    "sex": "female",
                }
            ]
        }
    )

    ins: Annotated[str, AfterValidator(_ins)] = Field(
        max_length=20, description="The matricule INS: 13 characters and its key of two digits."
    )
    family_name: str = Field(
        min_length=1, max_length=_NAME_CHARS, description="The birth name; case and accents aside."
    )
    given_name: str = Field(
        min_length=1, max_length=_NAME_CHARS, description="The first of the birth given names."
    )
    birth_date: Day
    sex: Literal["female", "male", "unknown"]
    minor_secrecy: bool = Field(
        default=False,
        description="At a minor's request: those who represent her do not see this search. "
        "What is then deposited says so itself (`visibility`).",
    )


class DepositAnswer(Schema):
    """Whether the space takes deposits; the handle then stands for the patient 15 minutes."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "accepts_deposits": True,
                    "handle": "h.1.Zm9yLXlvdS1vbmx5LWZpZnRlZW4tbWludXRlcw",
                    "handle_expires_at": "2026-11-20T16:20:00Z",
                },
                {"accepts_deposits": False},
            ]
        }
    )

    accepts_deposits: bool
    handle: str | None = Field(
        default=None, description="Stands for {pid} in the paths; for this client only."
    )
    handle_expires_at: str | None = None


class PatientFound(Schema):
    """The record of a professional's patient."""

    patient_id: str


class PatientAnswer(Schema):
    """A person's identity."""

    patient_id: str
    family_name: str
    given_name: str
    birth_date: str | None
    age: int | None
    sex: Literal["female", "male", "unknown"]
    authorised_until: str | None = Field(
        description="The end of the authorisation by which the caller reads; null without one."
    )


class IdentityAnswer(Schema):
    """One's own civil identity and national number, as a professional must type them."""

    ins: str = Field(description="The matricule INS: 13 characters and its key of two digits.")
    family_name: str
    given_names: list[str] = Field(description="Birth given names, the first one first.")
    birth_date: str | None
    sex: Literal["female", "male", "unknown"]


class SearchBody(Schema):
    """A professional's number, or her family name, or one it is made of, and what narrows it."""

    rpps: str | None = Field(default=None, max_length=20)
    family_name: str | None = Field(default=None, min_length=1, max_length=_NAME_CHARS)
    given_name: str | None = Field(default=None, max_length=_NAME_CHARS)
    city: str | None = Field(default=None, max_length=_NAME_CHARS)

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.rpps is None) == (self.family_name is None):
            raise ValueError("either rpps or family_name")
        return self


class ProfessionalCard(Schema):
    """A professional of the public directory."""

    rpps: str
    name: str
    profession: Coded
    place: str | None


class ProfessionalList(Schema):
    """At most twenty professionals."""

    items: list[ProfessionalCard]


@endpoint(
    "POST",
    "/v1/patients/lookup",
    body=LookupBody,
    answers={200: DepositAnswer | PatientFound},
    problems=(Forbidden(), NotFound()),
)
def lookup_patient(call: Call[LookupBody, NoQuery]) -> Answer:
    """Find a person by national number and traits, kept out of every URL."""
    ins, claimed, now = parse_ins(call.body.ins), _claimed(call.body), clock.now()
    is_secret = call.body.minor_secrecy
    if call.principal.kind is not ActorKind.ORGANISATION:
        pid = patients.lookup_patient(call.principal, ins, claimed, is_secret=is_secret)
        return Answer(PatientFound(patient_id=pid))
    deposit = patients.lookup_for_deposit(call.principal, ins, claimed, now, is_secret=is_secret)
    if deposit is None:
        return Answer({"accepts_deposits": False})
    return Answer(
        DepositAnswer(
            accepts_deposits=True,
            handle=deposit.handle,
            handle_expires_at=clock.iso(deposit.ends),
        )
    )


@endpoint("GET", "/v1/patients/{pid}", answers={200: PatientAnswer})
def read_patient(call: Call[None, NoQuery]) -> Answer:
    """Read a person's identity."""
    patient = patients.read_patient(call.principal, call.path["pid"])
    return Answer(patient_answer(patient), version=patient.version)


@endpoint("GET", "/v1/patients/{pid}/identity", answers={200: IdentityAnswer})
def read_own_identity(call: Call[None, NoQuery]) -> Answer:
    """Read one's own national number and traits; nobody else's."""
    person = patients.read_own_identity(call.principal, call.path["pid"]).person
    traits = person.traits
    return Answer(
        IdentityAnswer.model_validate(
            {
                "ins": person.ins.matricule,
                "family_name": traits.family_name,
                "given_names": list(traits.given_names),
                "birth_date": traits.birth_date.isoformat() if traits.birth_date else None,
                "sex": _SEX_WORDS[traits.sex],
            }
        )
    )


@endpoint(
    "POST",
    "/v1/professionals/search",
    body=SearchBody,
    answers={200: ProfessionalList},
    problems=(Forbidden(),),
)
def search_professionals(call: Call[SearchBody, NoQuery]) -> Answer:
    """Search the public directory of professionals."""
    body, now = call.body, clock.now()
    if body.family_name is None:
        found = patients.find_professional(call.principal, _rpps(body.rpps or ""), now)
    else:
        found = patients.search_professionals(
            call.principal, body.family_name, body.given_name, body.city, now
        )
    return Answer(ProfessionalList(items=[_card(one) for one in found]))


def patient_answer(patient: Patient) -> PatientAnswer:
    """Write a person's identity as JSON shows it."""
    traits, until = patient.person.traits, patient.authorised_until
    return PatientAnswer.model_validate(
        {
            "patient_id": patient.pid,
            "family_name": traits.family_name,
            "given_name": traits.given_names[0],
            "birth_date": traits.birth_date.isoformat() if traits.birth_date else None,
            "age": patients.age(patient, clock.now()),
            "sex": _SEX_WORDS[traits.sex],
            "authorised_until": clock.iso(until) if until else None,
        }
    )


def _card(one: Professional) -> ProfessionalCard:
    return ProfessionalCard(
        rpps=one.rpps,
        name=one.name,
        profession=Coded(code=one.profession_code, label=one.profession),
        place=one.place,
    )


def _claimed(body: LookupBody) -> Traits:
    return Traits(
        family_name=body.family_name,
        given_names=(body.given_name,),
        birth_date=body.birth_date,
        sex=_SEX_CODES[body.sex],
    )


def _rpps(text: str) -> RPPS:
    try:
        return parse_rpps(text)
    except InvalidIdentifier as error:
        raise _refused("/rpps", error) from error


def _refused(pointer: str, error: InvalidIdentifier) -> Invalid:
    return Invalid(errors=(FieldError(pointer, _code(error)),))


def _code(error: InvalidIdentifier) -> Literal["identifier_key", "identifier_format"]:
    return "identifier_key" if error.code == "key" else "identifier_format"
