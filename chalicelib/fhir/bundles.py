"""Bundles that answer searches and transactions. Pure."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from chalicelib.fhir.values import present

Resource = dict[str, Any]
Pairs = Sequence[tuple[str, str]]


def searchset(
    base: str, kind: str, asked: Pairs, found: Sequence[Resource], after: str | None
) -> Resource:
    """Write what a search found; no total, which would tell of more than is shown (D15).

    `asked` is the search as it was read, without its place; `after` the place of the next page.
    """
    links = [{"relation": "self", "url": _address(base, kind, asked)}]
    if after is not None:
        links.append(
            {"relation": "next", "url": _address(base, kind, [*asked, ("_cursor", after)])}
        )
    return present(
        {
            "resourceType": "Bundle",
            "type": "searchset",
            "link": links,
            "entry": [
                {
                    "fullUrl": f"{base}/{kind}/{one['id']}",
                    "resource": one,
                    "search": {"mode": "match"},
                }
                for one in found
            ],
        }
    )


def transaction_response(answers: Sequence[Resource]) -> Resource:
    """Write what became of each entry of a transaction, in their order."""
    return {
        "resourceType": "Bundle",
        "type": "transaction-response",
        "entry": [{"response": one} for one in answers],
    }


def _address(base: str, kind: str, asked: Pairs) -> str:
    query = urlencode(asked)
    return f"{base}/{kind}?{query}" if query else f"{base}/{kind}"
