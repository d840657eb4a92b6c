"""The authorizer function: is this access token ours, and of now? Nothing else is decided here.

It reads no session and no right: ending those is immediate because the gate reads them on each
request. Its answer opens every route, because the gateway keeps it per token, not per route.
"""

from chalice.app import AuthRequest, AuthResponse, Blueprint

from chalicelib.core import clock, log
from chalicelib.identity import tokens
from chalicelib.identity.jose import BadToken

blueprint = Blueprint(__name__)


@blueprint.authorizer(ttl_seconds=60)
def authorize(request: AuthRequest) -> AuthResponse:
    """Check a bearer token; a denial has no route at all."""
    scheme, _, token = request.token.partition(" ")
    try:
        # Another scheme leaves no token, which is refused for its shape.
        context = tokens.verify(token if scheme.lower() == "bearer" else "", clock.now())
    except BadToken as refused:
        log.write("token refused", reason=refused.reason)
        return AuthResponse(routes=[], principal_id="nobody")
    return AuthResponse(routes=["*"], principal_id=context["id"], context=context)
