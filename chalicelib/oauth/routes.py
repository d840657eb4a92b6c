"""The authorisation server: where a browser is sent, where tokens are got, and what there is."""

from typing import Final, Literal

from pydantic import ConfigDict

from chalicelib.core import clock
from chalicelib.core.errors import TooMany
from chalicelib.core.settings import settings
from chalicelib.http.endpoint import FORM, JSON, Answer, Call, NoQuery, Schema, endpoint
from chalicelib.identity import clients
from chalicelib.identity.clients import OAuthRefused
from chalicelib.identity.tokens import LIFE_SECONDS
from chalicelib.oauth import authorize, grants, scopes
from chalicelib.oauth.forms import OAuthError, RevocationForm, TokenForm, answered

_FRESH_SECONDS: Final = 300


class AuthorizeQuery(Schema):
    """A request for consent (RFC 6749, RFC 7636, SMART App Launch 2); others are ignored.

    Everything is required; what is missing or wrong is told to the application, or, if it is the
    application itself, to the person.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    response_type: str = ""
    client_id: str = ""
    redirect_uri: str = ""
    scope: str = ""
    state: str = ""
    aud: str = ""
    code_challenge: str = ""
    code_challenge_method: str = ""


class SoftwareToken(Schema):
    """An access token of ten minutes, for software of an organisation."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105  the type of the token, not a secret
    expires_in: int = LIFE_SECONDS
    scope: str


class ApplicationToken(Schema):
    """An access token of ten minutes, and for whom: `patient` is her id for this application.

    `scope` is what the person gave of what was asked. `refresh_token` comes with `offline_access`,
    and replaces the one before.
    """

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105  the type of the token, not a secret
    expires_in: int = LIFE_SECONDS
    scope: str
    patient: str
    need_patient_banner: Literal[True] = True
    refresh_token: str | None = None


class SmartConfiguration(Schema):
    """What this authorisation server does (SMART App Launch 2.2, RFC 8414)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    revocation_endpoint: str
    management_endpoint: str
    jwks_uri: str
    grant_types_supported: list[str]
    response_types_supported: list[str]
    scopes_supported: list[str]
    code_challenge_methods_supported: list[str]
    token_endpoint_auth_methods_supported: list[str]
    token_endpoint_auth_signing_alg_values_supported: list[str]
    authorization_response_iss_parameter_supported: bool
    capabilities: list[str]


@endpoint("GET", "/oauth/authorize", public=True, query=AuthorizeQuery, answers={303: None})
def ask_for_consent(call: Call[None, AuthorizeQuery]) -> Answer:
    """Send a person's browser to the page where she consents, or declines."""
    given = {name: value for name, value in call.query.model_dump().items() if value}
    return Answer(status=303, headers={"Location": authorize.begin(given, clock.now())})


@endpoint(
    "POST",
    "/oauth/token",
    public=True,
    accepts=FORM,
    answers={200: SoftwareToken | ApplicationToken, 400: OAuthError, 401: OAuthError},
    form=TokenForm,
    problems=(TooMany(retry_after_seconds=60),),
)
def grant_token(call: Call[None, NoQuery]) -> Answer:
    """Give an access token: to an organisation's software, or to an application by consent."""
    return answered(call, _grant)


@endpoint(
    "POST",
    "/oauth/revoke",
    public=True,
    accepts=FORM,
    answers={200: None, 400: OAuthError, 401: OAuthError},
    form=RevocationForm,
)
def revoke_token(call: Call[None, NoQuery]) -> Answer:
    """End a refresh token that its application gives up (RFC 7009)."""

    def act(form: dict[str, str]) -> Answer:
        grants.revoke(form, clock.now())
        return Answer()

    return answered(call, act)


@endpoint(
    "GET",
    "/fhir/R4/.well-known/smart-configuration",
    public=True,
    answers={200: SmartConfiguration},
)
def read_smart_configuration(_: Call[None, NoQuery]) -> Answer:
    """Say where and how an application asks for consent, and gets tokens."""
    return _configuration()


@endpoint("GET", "/.well-known/smart-configuration", public=True, answers={200: SmartConfiguration})
def read_smart_configuration_of_origin(_: Call[None, NoQuery]) -> Answer:
    """Say the same, for who only knows our origin."""
    return _configuration()


def _grant(form: dict[str, str]) -> Answer:
    kind, now = form.get("grant_type"), clock.now()
    if kind == clients.GRANT_TYPE:
        software = clients.grant_token(form, now)
        token = SoftwareToken(access_token=software.access_token, scope=software.scope)
        return Answer(token)
    if kind == "authorization_code":
        return _of_application(grants.exchange_code(form, now))
    if kind == "refresh_token":
        return _of_application(grants.renew(form, now))
    clients.check_present(form, "grant_type")
    known = f"{clients.GRANT_TYPE}, authorization_code or refresh_token"
    raise OAuthRefused("unsupported_grant_type", f"grant_type is {known}")


def _of_application(granted: grants.Granted) -> Answer:
    token = ApplicationToken(
        access_token=granted.access_token,
        scope=granted.scope,
        patient=granted.patient,
        refresh_token=granted.refresh_token,
    )
    return Answer(token.model_dump(exclude_none=True))


def _configuration() -> Answer:
    origin = settings().public_base_url
    configuration = SmartConfiguration(
        issuer=origin,
        authorization_endpoint=f"{origin}/oauth/authorize",
        token_endpoint=clients.token_endpoint(),
        revocation_endpoint=f"{origin}/oauth/revoke",
        management_endpoint=f"{origin}/applications/mes-applications",
        jwks_uri=f"{origin}/v1/auth/jwks",
        grant_types_supported=["authorization_code", "refresh_token", clients.GRANT_TYPE],
        response_types_supported=["code"],
        scopes_supported=scopes.supported(),
        code_challenge_methods_supported=["S256"],
        token_endpoint_auth_methods_supported=["none", "private_key_jwt"],
        token_endpoint_auth_signing_alg_values_supported=sorted(clients.ALGORITHMS),
        authorization_response_iss_parameter_supported=True,
        capabilities=[
            "launch-standalone",
            "client-public",
            "client-confidential-asymmetric",
            "context-standalone-patient",
            "permission-patient",
            "permission-offline",
            "permission-v2",
        ],
    )
    fresh = f"public, max-age={_FRESH_SECONDS}"
    headers = {"Content-Type": JSON, "Cache-Control": fresh}  # not FHIR, even beside it
    return Answer(configuration, headers=headers)
