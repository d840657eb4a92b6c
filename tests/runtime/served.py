"""A small application to be served as the product is: what it answers says what it got."""

from typing import Final

from chalice.app import Chalice, Response

from chalicelib.runtime.gateway import Gateway

app: Final = Chalice(app_name="served")
app.api.binary_types = ["application/octet-stream"]


@app.route("/health")
def health() -> Response:
    """Answer at once."""
    return Response("well", {"Content-Type": "text/plain"})


@app.route("/count", methods=["POST"], content_types=["*/*"])
def count() -> Response:
    """Say how many bytes came."""
    assert app.current_request is not None
    return Response(str(len(app.current_request.raw_body)), {"Content-Type": "text/plain"})


@app.route("/long")
def long() -> Response:
    """Answer at length, more than a system keeps for who does not read."""
    return Response("long " * 1_200_000, {"Content-Type": "text/plain"})


application: Final = Gateway(app)
