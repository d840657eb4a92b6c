"""What is sent to the token endpoint: a form, as OAuth has it, and its own errors (RFC 6749)."""

from collections.abc import Callable
from typing import Annotated, Any, Final, Literal
from urllib.parse import parse_qsl

from pydantic import BaseModel, Field, RootModel

from chalicelib.http.endpoint import FORM, Answer, Call, NoQuery, Schema
from chalicelib.identity.clients import OAuthCode, OAuthRefused

_MAX_BYTES: Final = 40_000
_MAX_FIELDS: Final = 20
AssertionType = Literal["urn:ietf:params:oauth:client-assertion-type:jwt-bearer"]
Assertion = Annotated[
    str,
    Field(
        description="A JWT signed ES256, RS256 or PS256 by a registered key: iss = sub = your "
        "client_id, aud = the full address of this endpoint (or our origin), exp at most 5 minutes "
        "ahead, jti new each time (up to 128 characters).",
        examples=["eyJhbGciOiJFUzI1NiIsImtpZCI6IuKApiJ9.eyJpc3MiOiLigKYifQ.c2lnbmF0dXJl"],
    ),
]
ClientId = Annotated[
    str,
    Field(
        default_factory=str,
        description="Need not be sent with an assertion, which says it. If sent, the same.",
    ),
]


class OAuthError(Schema):
    """An error of RFC 6749, section 5.2."""

    error: OAuthCode = Field(
        description="invalid_client: who you are is not proven, for whatever reason (unknown or "
        "suspended client, signature, audience, times, an assertion sent twice). invalid_grant: "
        "the code or the refresh token is not yours, has ended, was used, or the person took her "
        "consent back: ask her again."
    )
    error_description: str | None = Field(
        default=None,
        description="What is wrong in the form. invalid_client and invalid_grant have none.",
    )


class SoftwareForm(BaseModel):
    """Software of an organisation: a signed assertion in place of a secret (RFC 7523)."""

    grant_type: Literal["client_credentials"]
    client_assertion_type: AssertionType
    client_assertion: Assertion
    client_id: ClientId
    scope: Literal["deposit"] = "deposit"


class CodeForm(BaseModel):
    """An application brings a code: with its keys if it has any, else with its client_id."""

    grant_type: Literal["authorization_code"]
    code: str
    redirect_uri: str = Field(description="The same as was asked with, letter by letter.")
    code_verifier: str = Field(description="Whose SHA-256 was the code_challenge (RFC 7636).")
    client_id: ClientId
    client_assertion_type: AssertionType | None = None
    client_assertion: Assertion | None = None


class RenewalForm(BaseModel):
    """An application brings its last refresh token, and gets the next one."""

    grant_type: Literal["refresh_token"]
    refresh_token: str
    scope: str | None = Field(
        default=None, description="No more than first asked for; less changes nothing."
    )
    patient: str | None = Field(default=None, description="If sent, the one of this token.")
    client_id: ClientId
    client_assertion_type: AssertionType | None = None
    client_assertion: Assertion | None = None


class TokenForm(
    RootModel[Annotated[SoftwareForm | CodeForm | RenewalForm, Field(discriminator="grant_type")]]
):
    """What a client asks for a token with."""


class RevocationForm(BaseModel):
    """An application gives up its refresh token."""

    token: str
    token_type_hint: str | None = None
    client_id: ClientId
    client_assertion_type: AssertionType | None = None
    client_assertion: Assertion | None = None


def answered(call: Call[None, NoQuery], act: Callable[[dict[str, str]], Answer]) -> Answer:
    """Act on a form, and answer what is refused as OAuth does."""
    try:
        return act(_read(call))
    except OAuthRefused as refused:
        error = OAuthError(error=refused.error, error_description=refused.description)
        body: dict[str, Any] = error.model_dump(exclude_none=True)
        return Answer(body, status=refused.status)


def _read(call: Call[None, NoQuery]) -> dict[str, str]:
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
