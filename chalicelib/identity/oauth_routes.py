"""The token endpoint of organisations' software: OAuth's own form and errors (RFC 6749)."""

from typing import Final
from urllib.parse import parse_qsl

from chalicelib.core import clock
from chalicelib.http.endpoint import FORM, Answer, Call, NoQuery, Schema, endpoint
from chalicelib.identity import clients
from chalicelib.identity.clients import OAuthRefused
from chalicelib.identity.tokens import LIFE_SECONDS

_MAX_BYTES: Final = 40_000
_MAX_FIELDS: Final = 20


class OAuthToken(Schema):
    """An access token of ten minutes."""

    access_token: str
    token_type: str = "Bearer"  # noqa: S105  the type of the token, not a secret
    expires_in: int = LIFE_SECONDS
    scope: str


class OAuthError(Schema):
    """An error of RFC 6749, section 5.2."""

    error: str


@endpoint(
    "POST",
    "/oauth/token",
    public=True,
    accepts=FORM,
    answers={200: OAuthToken, 400: OAuthError, 401: OAuthError},
)
def grant_token(call: Call[None, NoQuery]) -> Answer:
    """Give an organisation's software an access token for its signed assertion."""
    try:
        granted = clients.grant_token(_form(call.raw), clock.now())
    except OAuthRefused as refused:
        return Answer(OAuthError(error=refused.error), status=refused.status)
    return Answer(OAuthToken(access_token=granted.access_token, scope=granted.scope))


def _form(raw: bytes) -> dict[str, str]:
    """Read a form whose fields appear once.

    Raises:
        OAuthRefused: too long, not a form, or a repeated field.
    """
    if len(raw) > _MAX_BYTES:
        raise OAuthRefused("invalid_request")
    try:
        pairs = parse_qsl(
            raw.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=_MAX_FIELDS,
        )
    except ValueError as error:
        raise OAuthRefused("invalid_request") from error
    form = dict(pairs)
    if len(form) != len(pairs):
        raise OAuthRefused("invalid_request")
    return form
