"""Routes about the service itself: health, description, and a page for each problem."""

import html
import re
from typing import Final

from chalicelib.core.errors import NotFound
from chalicelib.http.endpoint import Answer, Call, NoQuery, Schema, endpoint
from chalicelib.http.problem_texts import PROBLEM_TEXTS

_SLUG: Final = re.compile(r"[a-z-]{3,40}", re.ASCII)
_PAGE: Final = """<!doctype html>
<html lang="fr"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title></head>
<body><main><h1>{title}</h1><p>{detail}</p><p>{help}</p>
<hr><p lang="en"><strong>{title_en}.</strong> {detail_en}</p></main></body></html>
"""


class Health(Schema):
    """The service answers."""

    status: str


@endpoint("GET", "/health", public=True, answers={200: Health})
def health(_: Call[None, NoQuery]) -> Answer:
    """Say that the function answers; it reads nothing."""
    return Answer(Health(status="ok"))


@endpoint("GET", "/openapi.json", public=True, answers={200: "application/json"})
def openapi_document(_: Call[None, NoQuery]) -> Answer:
    """Describe this interface (OpenAPI 3.1)."""
    from chalicelib.http import openapi  # noqa: PLC0415  rare, and slow to import

    return Answer(
        openapi.text().encode(),
        headers={"Content-Type": "application/json", "Cache-Control": "max-age=300"},
    )


@endpoint(
    "GET",
    "/problems/{slug}",
    public=True,
    patterns={"slug": _SLUG},
    answers={200: "text/html"},
)
def problem_page(call: Call[None, NoQuery]) -> Answer:
    """Explain a problem in French, with what to do."""
    text = PROBLEM_TEXTS.get(call.path["slug"])
    if text is None:
        raise NotFound
    plain = {
        name: html.escape(re.sub(r"\{\w+\}", "…", getattr(text, name)))
        for name in ("title", "detail", "title_en", "detail_en", "help")
    }
    return Answer(
        _PAGE.format_map(plain).encode(), headers={"Content-Type": "text/html; charset=utf-8"}
    )
