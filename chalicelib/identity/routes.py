"""Logging in, staying connected, leaving, and who is connected."""

from collections.abc import Mapping
from typing import Final, Literal

from pydantic import ConfigDict, Field

from chalicelib.core import clock
from chalicelib.core.errors import Forbidden, Unauthenticated
from chalicelib.core.settings import settings
from chalicelib.http.endpoint import Answer, Call, NoQuery, Schema, endpoint
from chalicelib.identity import login, logout, patients, rules, sessions, signing_keys
from chalicelib.identity.children import Child
from chalicelib.identity.login import Begun, Callback
from chalicelib.identity.model import Professional, Provider, shown
from chalicelib.identity.patients import Me, Patient
from chalicelib.identity.tokens import LIFE_SECONDS

LOGIN_COOKIE: Final = "__Host-carnet_login"
SESSION_COOKIE: Final = "__Host-carnet_refresh"


class LoginQuery(Schema):
    """Where to log in, and which of our screens to come back to."""

    provider: Literal["franceconnect", "psc", "proconnect", "operator"]
    return_to: str = Field(default="/", max_length=300)


class CallbackQuery(Schema):
    """What a provider sends back; it may add parameters of its own."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    code: str | None = None
    state: str | None = None
    iss: str | None = None
    error: str | None = None


class LoggedOut(Schema):
    """Our session has ended; the browser goes there to end the provider's, and comes back."""

    end_session_url: str


class LoggedOutQuery(Schema):
    """What a provider sends back after a logout; it may add parameters of its own."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    state: str | None = None


class Token(Schema):
    """An access token, for the memory of the page only."""

    access_token: str
    expires_in: int = LIFE_SECONDS


class Coded(Schema):
    """A code of a national terminology and its French label."""

    code: str
    label: str


class Organisation(Schema):
    """Where a professional works."""

    name: str
    id: str


class SessionEnd(Schema):
    """When the session ends if nothing is done."""

    expires_at: str


class Profile(Schema):
    """A record that the person acts for: her own first, then those of minors she represents."""

    patient_id: str
    relation: Literal["self", "representative"] = "self"
    given_name: str
    family_name: str
    birth_date: str | None
    age: int | None
    ends_at: str | None = Field(description="When she stops acting for a minor.")


class PersonMe(Schema):
    """A connected person."""

    role: Literal["patient"] = "patient"
    display_name: str
    profiles: list[Profile]
    session: SessionEnd


class ProfessionalMe(Schema):
    """A connected professional."""

    role: Literal["professional"] = "professional"
    display_name: str
    rpps: str
    profession: Coded
    organisation: Organisation | None
    session: SessionEnd


class PublisherMe(Schema):
    """Somebody connected who publishes applications for an establishment."""

    role: Literal["publisher"] = "publisher"
    id: str
    display_name: str
    siret: str
    session: SessionEnd


class OperatorMe(Schema):
    """Somebody connected who works for the operator."""

    role: Literal["operator"] = "operator"
    id: str
    display_name: str
    session: SessionEnd


class KeySetAnswer(Schema):
    """A JSON Web Key Set (RFC 7517)."""

    keys: list[dict[str, str]]


@endpoint("GET", "/v1/auth/login", public=True, query=LoginQuery, answers={303: None})
def begin_login(call: Call[None, LoginQuery]) -> Answer:
    """Send the browser to an identity provider."""
    session = _read_cookie(call.headers, SESSION_COOKIE)
    provider, return_to = Provider(call.query.provider), call.query.return_to
    begun = login.begin(provider, return_to, session, clock.now())
    if not isinstance(begun, Begun):
        return _redirect(begun.location)
    life = int(rules.LOGIN_LIFE.total_seconds())
    return _redirect(begun.location, _cookie(LOGIN_COOKIE, begun.cookie, life, "Lax"))


@endpoint("GET", "/v1/auth/callback", public=True, query=CallbackQuery, answers={303: None})
def finish_login(call: Call[None, CallbackQuery]) -> Answer:
    """Open a session with what the provider says, or show why there is none."""
    query = call.query
    callback = Callback(query.code, query.state, query.iss, query.error)
    cookie = _read_cookie(call.headers, LOGIN_COOKIE)
    finished = login.finish(cookie, callback, clock.now())
    cookies = [_cookie(LOGIN_COOKIE, "", 0, "Lax")]
    if finished.session_cookie:
        cookies.append(_session_cookie(finished.session_cookie))
    return _redirect(finished.location, *cookies)


@endpoint(
    "POST",
    "/v1/auth/refresh",
    public=True,
    answers={200: Token},
    problems=(Unauthenticated(), Forbidden()),
)
def refresh_session(call: Call[None, NoQuery]) -> Answer:
    """Prolong the session: a new access token, a new cookie."""
    _require_own_page(call)
    cookie = _read_cookie(call.headers, SESSION_COOKIE)
    if cookie is None:
        raise Unauthenticated("session-ended")
    refreshed = sessions.refresh(cookie, clock.now())
    return Answer(
        Token(access_token=refreshed.access_token),
        cookies=[_session_cookie(refreshed.cookie)],
    )


@endpoint(
    "POST",
    "/v1/auth/logout",
    public=True,
    answers={200: LoggedOut, 204: None},
    problems=(Forbidden(),),
)
def end_session(call: Call[None, NoQuery]) -> Answer:
    """End the session at once, everywhere; say where the provider's is ended, if it can be."""
    _require_own_page(call)
    cookie = _read_cookie(call.headers, SESSION_COOKIE)
    elsewhere = logout.end(cookie, clock.now()) if cookie is not None else None
    cleared = [_cookie(SESSION_COOKIE, "", 0, "Strict")]
    if elsewhere is None:
        return Answer(status=204, cookies=cleared)
    return Answer(LoggedOut(end_session_url=elsewhere), cookies=cleared)


@endpoint("GET", "/v1/auth/logged-out", public=True, query=LoggedOutQuery, answers={303: None})
def come_back_from_logout(call: Call[None, LoggedOutQuery]) -> Answer:
    """Show the end to who comes back from the provider's own logout."""
    return _redirect(logout.page_after(call.query.state, clock.now()))


@endpoint("GET", "/v1/auth/jwks", public=True, answers={200: KeySetAnswer})
def read_key_set(_: Call[None, NoQuery]) -> Answer:
    """Publish the keys that sign our access tokens."""
    return Answer(
        signing_keys.published(clock.now()), headers={"Cache-Control": "public, max-age=300"}
    )


@endpoint(
    "GET",
    "/v1/me",
    answers={200: PersonMe | ProfessionalMe | PublisherMe | OperatorMe},
    problems=(Forbidden(),),
)
def read_me(call: Call[None, NoQuery]) -> Answer:
    """Say who is connected, and for which records."""
    me = patients.me(call.principal)
    if me.professional:
        return Answer(_professional_me(me, me.professional))
    if me.name:
        return Answer(_staff_me(call.principal.id, me, me.name))
    profiles = [_profile(patient) for patient in me.profiles]
    profiles += [_child_profile(child) for child in me.children]
    names = [shown(f"{one.given_name} {one.family_name}") for one in profiles]
    return Answer(
        PersonMe(
            display_name=names[0] if names else "",
            profiles=profiles,
            session=SessionEnd(expires_at=me.expires_at),
        )
    )


def _profile(patient: Patient) -> Profile:
    traits = patient.person.traits
    return Profile(
        patient_id=patient.pid,
        given_name=traits.given_names[0],
        family_name=traits.family_name,
        birth_date=traits.birth_date.isoformat() if traits.birth_date else None,
        age=patients.age(patient, clock.now()),
        ends_at=None,
    )


def _child_profile(child: Child) -> Profile:
    return Profile(
        patient_id=child.pid,
        relation="representative",
        given_name=child.given_name,
        family_name=child.family_name,
        birth_date=child.birth_date.isoformat(),
        age=rules.age_on(child.birth_date, clock.paris_date(clock.now())),
        ends_at=clock.iso(child.ends_at) if child.ends_at else None,
    )


def _professional_me(me: Me, professional: Professional) -> ProfessionalMe:
    organisation = me.organisation
    return ProfessionalMe(
        display_name=professional.name,
        rpps=professional.rpps,
        profession=Coded(code=professional.profession_code, label=professional.profession),
        organisation=Organisation(name=organisation, id=me.organisation_id or "")
        if organisation
        else None,
        session=SessionEnd(expires_at=me.expires_at),
    )


def _staff_me(uid: str, me: Me, name: str) -> PublisherMe | OperatorMe:
    end = SessionEnd(expires_at=me.expires_at)
    if me.organisation_id:
        return PublisherMe(id=uid, display_name=name, siret=me.organisation_id, session=end)
    return OperatorMe(id=uid, display_name=name, session=end)


def _require_own_page(call: Call[None, NoQuery]) -> None:
    """Refuse what another site could send with our cookie (A39).

    Raises:
        Forbidden: the header or the origin is not our own page's.
    """
    own = call.headers.get("origin") == settings().public_base_url
    if not own or call.headers.get("x-carnet") != "1":
        raise Forbidden


def _redirect(location: str, *cookies: str) -> Answer:
    return Answer(status=303, headers={"Location": location}, cookies=cookies)


def _session_cookie(value: str) -> str:
    return _cookie(SESSION_COOKIE, value, int(rules.SESSION_WHOLE.total_seconds()), "Strict")


def _cookie(name: str, value: str, seconds: int, same_site: str) -> str:
    return f"{name}={value}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite={same_site}"


def _read_cookie(headers: Mapping[str, str], name: str) -> str | None:
    """Read one cookie of ours; whatever else the browser sends beside it does not matter."""
    for pair in headers.get("cookie", "").split(";"):
        found, _, value = pair.strip().partition("=")
        if found == name:
            return value
    return None
