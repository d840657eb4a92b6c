"""The person agrees to what an application says now, where that is not what she agreed to.

Nothing looks for those to ask: a consent bears what was agreed to, and whoever reads it compares.
Until she agrees, the lines concerned are off; after thirty days without an answer they are no more
to be had but by another request of the application (R-SVC-04).
"""

from chalicelib.access import applications, gate
from chalicelib.access.applications import ConsentRow
from chalicelib.access.gate import Unit
from chalicelib.access.model import Action
from chalicelib.access.permissions import Permission
from chalicelib.access.usecases import until_it_holds
from chalicelib.catalogue import store as catalogue
from chalicelib.catalogue import terms
from chalicelib.catalogue.terms import Terms
from chalicelib.core import clock, rows
from chalicelib.core.errors import Conflict, Stale
from chalicelib.core.events import EventType
from chalicelib.http.principal import Principal
from chalicelib.oauth import consents, store
from chalicelib.oauth.model import About, Consent


def agree(principal: Principal, pid: str, ref: str, read: str, version: int) -> Consent:
    """Agree to the terms that she read, for the lines that wait for it; the others stay.

    `read` names those terms. Devices stay connected; until when, and of a minor's by whom it
    lives, do not change.

    Raises:
        Conflict: `consent-over`, `application-suspended`.
        Stale: the consent or the terms changed since they were read.
        NotFound, Unavailable.
    """
    return until_it_holds(lambda: _agree(principal, pid, ref, read, version))


def _agree(principal: Principal, pid: str, ref: str, read: str, version: int) -> Consent:
    wish = (ConsentRow, *applications.consent_key(pid, ref))
    uses = applications.uses_of(pid)
    with gate.enter(
        principal, Action.CONSENT_AGREE, pid, target=wish, queries=[uses], about=ref
    ) as unit:
        row = unit.target(ConsentRow)
        if row.version != version:
            raise Stale
        link, application = applications.link_of(row, pid), store.application_of(unit, row)
        about, words = _online(application)
        consents.check_live(unit, row, link, about)
        given = _agreed(unit, row, about, words, read)
        row.changed_at = clock.iso(unit.now)
        unit.put(row)
        unit.traced_about = consents.said(application, given, row, unit)
        unit.emit(EventType.CONSENT_GIVEN, ref, by=principal.id)
        used = rows.all_items(uses, unit.pages[0])
        return store.consent_of(unit, row, about, used, link=link, version=version + 1)


def _online(application_id: str) -> tuple[About, Terms]:
    """Return an application that is online, and what it says.

    Raises:
        Conflict: `application-suspended`.
        Tampered: one of its rows is not as the product wrote it.
    """
    pair = catalogue.read_pair(application_id)
    if pair is None or pair[0].status != applications.ONLINE:
        raise Conflict("application-suspended")
    return store.about(pair[0]), terms.of(catalogue.draft_of(pair[1].draft))


def _agreed(
    unit: Unit, row: ConsentRow, about: About, words: Terms, read: str
) -> frozenset[Permission]:
    """Write into a consent what is agreed to; return the lines that act from now on.

    Raises:
        Stale: those are not the terms that she read.
    """
    lines = applications.waiting(row, unit.pid, about.terms, unit.now)
    now = {terms.version(terms.digests(words), lines), terms.version_in_force(about.terms, lines)}
    if not lines or now != {read}:
        raise Stale
    given = lines | applications.acting(row, unit.pid, about.terms)
    row.permissions = applications.permission_tokens(unit.pid, given)
    row.agreed = applications.agreed_tokens(unit.pid, given, about.terms)
    row.agreed_at = applications.agreed_at(given, about.terms, unit.now)
    row.sealed = store.sealed_terms(unit, about.id, words, (row.pk, row.sk))
    return given
