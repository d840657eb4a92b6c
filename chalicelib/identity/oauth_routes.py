"""The token endpoint of organisations' software: OAuth's own form and errors (RFC 6749)."""

from typing import Final, Literal
from urllib.parse import parse_qsl

from pydantic import BaseModel, Field

from chalicelib.core import clock
from chalicelib.core.errors import TooMany
from chalicelib.http.endpoint import FORM, Answer, Call, NoQuery, Schema, endpoint
from chalicelib.identity import clients
from chalicelib.identity.clients import OAuthCode, OAuthRefused
from chalicelib.identity.tokens import LIFE_SECONDS

_MAX_BYTES: Final = 40_000
_MAX_FIELDS: Final = 20


class OAuthToken(Schema):
    """An access token of ten minutes."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105  the type of the token, not a secret
    expires_in: int = LIFE_SECONDS
    scope: str


class OAuthError(Schema):
    """An error of RFC 6749, section 5.2."""

    error: OAuthCode = Field(
        description="invalid_client: who you are is not proven, for whatever reason (unknown or "
        "suspended client, signature, audience, times, an assertion sent twice)."
    )
    error_description: str | None = Field(
        default=None, description="What is wrong in the form. invalid_client has none."
    )


class TokenForm(BaseModel):
    """A client's request for a token: a signed assertion in place of a secret (RFC 7523)."""

    grant_type: Literal["client_credentials"]
    client_assertion_type: Literal["urn:ietf:params:oauth:client-assertion-type:jwt-bearer"]
    client_assertion: str = Field(
        description="A JWT signed ES256, RS256 or PS256 by a registered key: iss = sub = your "
        "client_id, aud = the full address of this endpoint (or our origin), exp at most 5 minutes "
        "ahead, jti new each time (up to 128 characters).",
        examples=["eyJhbGciOiJFUzI1NiIsImtpZCI6IuKApiJ9.eyJpc3MiOiLigKYifQ.c2lnbmF0dXJl"],
    )
    client_id: str = Field(
        default_factory=str,
        description="Need not be sent: the assertion says it. If sent, the same.",
    )
    scope: Literal["deposit"] = "deposit"


@endpoint(
    "POST",
    "/oauth/token",
    public=True,
    accepts=FORM,
    answers={200: OAuthToken, 400: OAuthError, 401: OAuthError},
    form=TokenForm,
    problems=(TooMany(retry_after_seconds=60),),
)
def grant_token(call: Call[None, NoQuery]) -> Answer:
    """Give an organisation's software an access token for its signed assertion."""
    try:
        granted = clients.grant_token(_form(call), clock.now())
    except OAuthRefused as refused:
        error = OAuthError(error=refused.error, error_description=refused.description)
        return Answer(error.model_dump(exclude_none=True), status=refused.status)
    return Answer(OAuthToken(access_token=granted.access_token, scope=granted.scope))


def _form(call: Call[None, NoQuery]) -> dict[str, str]:
    """Read a form whose fields appear once; one without a value was not sent (RFC 6749, 3.2).

    Raises:
        OAuthRefused: too long, not a form, or a repeated field.
    """
    kind = call.headers.get("content-type", FORM).partition(";")[0].strip().lower()
    if kind != FORM:
        raise OAuthRefused("invalid_request", f"the body is not {FORM}")
    if len(call.raw) > _MAX_BYTES:
        raise OAuthRefused("invalid_request", f"more than {_MAX_BYTES} bytes")
    try:
        pairs = parse_qsl(
            call.raw.decode("ascii"),
            strict_parsing=True,
            errors="strict",
            max_num_fields=_MAX_FIELDS,
        )
    except ValueError as error:
        raise OAuthRefused("invalid_request", "the body cannot be read as a form") from error
    form = dict(pairs)
    if len(form) != len(pairs):
        raise OAuthRefused("invalid_request", "a parameter is repeated")
    return form
