"""`DocumentReference` (ITI-67, ITI-105) and the `Binary` of each (ITI-68)."""

import re
from typing import Any, Final

from chalicelib.fhir import mapping_document, subjects
from chalicelib.fhir.answers import answered, changed, made, told
from chalicelib.fhir.bundles import Resource, searchset
from chalicelib.fhir.queries import DocumentSearch
from chalicelib.http.endpoint import FHIR, JSON, Answer, Call, NoQuery, endpoint
from chalicelib.record import reading, usecases
from chalicelib.record.model import Document, Filter
from chalicelib.record.routes import TOO_LONG, content_answer
from chalicelib.storage.inspect import Kind

_ALL: Final = "/fhir/R4/DocumentReference"
_BINARY: Final = "/fhir/R4/Binary/{document_id}"
_NO_WEIGHT: Final = re.compile(r"q=0(\.0*)?")


@endpoint("GET", _ALL, query=DocumentSearch, answers={200: FHIR})
def search_documents(call: Call[None, DocumentSearch]) -> Answer:
    """Search documents, last deposited first."""
    query, span = call.query, call.query.span()
    pid = subjects.named(call.principal, query.patient, query.subject)
    wanted = Filter(first=span.first, last=span.last, type_code=query.type_code())
    listing = usecases.list_documents(call.principal, pid, wanted, query.cursor, query.limit)
    found = [_written(call, one) for one in listing.documents]
    asked = list(query.asked())
    return Answer(searchset(subjects.base(), "DocumentReference", asked, found, listing.next))


@endpoint("POST", _ALL, accepts=FHIR, idempotent=True, answers={201: FHIR})
def create_document(call: Call[dict[str, Any], NoQuery]) -> Answer:
    """Deposit a document, whose author is the application (ITI-105)."""
    given = mapping_document.read(call.body)
    pid = subjects.named(call.principal, given.patient)
    document = told(
        given.places,
        lambda: made(
            call,
            lambda key: usecases.add_document(call.principal, pid, given.draft, given.content, key),
        ),
    )
    return changed(call, _written(call, document), status=201)


@endpoint("GET", f"{_ALL}/{{document_id}}", answers={200: FHIR})
def read_document_reference(call: Call[None, NoQuery]) -> Answer:
    """Read what is known of a document."""
    pid = subjects.own(call.principal)
    return answered(
        _written(call, usecases.read_document(call.principal, pid, call.path["document_id"]))
    )


@endpoint("GET", _BINARY, answers={200: (FHIR, *Kind), 206: tuple(Kind)}, problems=TOO_LONG)
def read_binary(call: Call[None, NoQuery]) -> Answer:
    """Read the content of a document: raw, above 4 MiB in slices; or as FHIR to who asks for that.

    A resource is given whole, or not at all: ranges are of bytes.
    """
    pid, document_id = subjects.own(call.principal), call.path["document_id"]
    if _wants_resource(call.headers["accept"]):
        document, content = reading.open_document(call.principal, pid, document_id)
        return answered(mapping_document.binary(document, content))
    asked = call.headers.get("range")
    return content_answer(*reading.open_asked(call.principal, pid, document_id, asked))


def _wants_resource(accept: str) -> bool:
    """Tell whether FHIR, or JSON, is among what is accepted: not what is of no weight (`q=0`)."""
    return any(_accepted(one) in {FHIR, JSON} for one in accept.split(","))


def _accepted(kind: str) -> str | None:
    name, *parameters = (part.strip().lower() for part in kind.split(";"))
    return None if any(_NO_WEIGHT.fullmatch(one) for one in parameters) else name


def _written(call: Call[Any, Any], document: Document) -> Resource:
    return mapping_document.written(document, subjects.reference(call.principal))
