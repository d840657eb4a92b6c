"""What is done with an application: in both its rows at once, told in its own history."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.access.applications import ApplicationRow, application_key
from chalicelib.access.permissions import Permission
from chalicelib.catalogue import usecases
from chalicelib.catalogue.model import (
    OPERATOR,
    Application,
    Asked,
    Author,
    Criteria,
    State,
)
from chalicelib.core import ids, rows
from chalicelib.core.errors import Conflict, Forbidden, Invalid, NotFound, Stale, Unavailable
from chalicelib.core.rows import StoreUnavailable
from tests import double
from tests.catalogue.samples import DRAFT, PUBLISHER, an_application
from tests.injector import Faults, meanwhile
from tests.recorder import Recorder

pytestmark = pytest.mark.usefixtures("aws")  # the clock runs: entries are in its order
OTHER = Author("publisher", "0" * 25 + "2", siret="99999902200018")
SAID = replace(DRAFT, purpose="Noter votre poids et votre tension.")


def _row(application_id: str) -> ApplicationRow:
    row = rows.get(ApplicationRow, *application_key(application_id))
    assert row is not None
    return row


def _told(application_id: str) -> Sequence[tuple[object, ...]]:
    found = usecases.history(application_id)
    return [(one.by, one.what, one.before, one.after, one.about, one.reason) for one in found][::-1]


def test_registering_writes_what_the_gate_reads_and_what_people_read_together(
    calls: Recorder,
) -> None:
    made = usecases.register(OPERATOR, DRAFT)

    row = _row(made.id)
    assert calls.counted["dynamodb.TransactWriteItems"] >= 1
    assert (row.status, row.name, row.organisation) == ("candidate", DRAFT.name, "Éditeur Exemple")
    assert row.permissions == ["weight:write"]
    assert row.redirect_uris == ["https://balance.example/retour"]
    assert '"kty": "EC"' in str(row.jwks)
    assert usecases.find(made.id) == made
    assert _told(made.id) == [
        (OPERATOR, "application:register", None, "candidate", (), None),
    ]


def test_a_public_client_has_no_keys() -> None:
    assert _row(an_application(jwks=None).id).jwks is None


def test_registering_again_with_its_id_finds_the_same_and_writes_nothing(calls: Recorder) -> None:
    known = ids.new_secret_id()
    first = usecases.register(PUBLISHER, DRAFT, application_id=known)
    calls.clear()

    assert usecases.register(PUBLISHER, DRAFT, application_id=known) == first
    assert set(calls.counted) == {"dynamodb.GetItem"}
    for author, said in ((PUBLISHER, SAID), (OTHER, DRAFT), (OPERATOR, DRAFT)):
        with pytest.raises(Conflict, match="application-exists"):
            usecases.register(author, said, application_id=known)


def test_a_decision_is_in_force_at_the_gate_and_in_the_catalogue_and_is_told_with_its_reason() -> (
    None
):
    made = an_application()
    usecases.review(OPERATOR, made.id, list(Criteria))
    usecases.set_state(OPERATOR, made.id, State.ONLINE, "Avis favorable du comité.")

    after = usecases.set_state(OPERATOR, made.id, State.SUSPENDED, "Incident de sécurité.")

    assert (after.state, _row(made.id).status) == (State.SUSPENDED, "suspended")
    assert usecases.find(made.id) == after
    about = tuple(one.value for one in Criteria)
    assert _told(made.id)[1:] == [
        (OPERATOR, "application:review", None, None, about, None),
        (OPERATOR, "application:state", "candidate", "online", (), "Avis favorable du comité."),
        (OPERATOR, "application:state", "online", "suspended", (), "Incident de sécurité."),
    ]


def test_what_is_already_so_is_left_alone(calls: Recorder) -> None:
    made = an_application(state=State.SUSPENDED)
    calls.clear()

    usecases.set_state(OPERATOR, made.id, State.SUSPENDED, "Encore.")
    usecases.review(OPERATOR, made.id, list(Criteria))
    usecases.change(OPERATOR, made.id, DRAFT)

    assert "dynamodb.TransactWriteItems" not in calls.counted


def test_a_change_reaches_both_rows_and_the_history_names_what_changed() -> None:
    made = an_application(state=State.ONLINE)
    asked = (*DRAFT.data_asked, Asked(Permission.BLOOD_PRESSURE_WRITE, "Pour la tension."))

    after = usecases.change(OPERATOR, made.id, replace(SAID, data_asked=asked), made.version)

    assert _row(made.id).permissions == ["weight:write", "blood_pressure:write"]
    assert (after.draft.purpose, after.state) == (SAID.purpose, State.ONLINE)
    assert after.version == made.version + 1
    assert _told(made.id)[-1] == (
        OPERATOR,
        "application:change",
        None,
        None,
        ("purpose", "data_asked"),
        None,
    )


def test_what_was_checked_is_to_be_checked_again_once_its_publisher_says_something_else() -> None:
    made = an_application(author=PUBLISHER)
    usecases.review(OPERATOR, made.id, list(Criteria))

    after = usecases.change(PUBLISHER, made.id, SAID)

    assert after.checked == ()
    with pytest.raises(Conflict, match="application-unchecked"):
        usecases.set_state(OPERATOR, made.id, State.ONLINE, "Revue favorable.")


def test_a_publisher_keeps_its_own_applications_and_touches_no_other() -> None:
    mine = an_application(author=PUBLISHER, name="B")
    also = an_application(author=PUBLISHER, name="A")
    other = an_application(author=OTHER)
    an_application()

    assert [one.id for one in usecases.all_applications(PUBLISHER.siret)] == [also.id, mine.id]
    assert len(usecases.all_applications()) == 4
    with pytest.raises(NotFound):
        usecases.change(PUBLISHER, other.id, SAID)
    assert usecases.find(other.id) == other


def test_a_publisher_neither_reviews_nor_decides() -> None:
    mine = an_application(author=PUBLISHER)

    with pytest.raises(Forbidden):
        usecases.review(PUBLISHER, mine.id, list(Criteria))
    with pytest.raises(Forbidden):
        usecases.set_state(PUBLISHER, mine.id, State.ONLINE, "Parce que.")
    assert usecases.find(mine.id) == mine


def test_what_changed_since_it_was_read_is_not_overwritten() -> None:
    made = an_application()
    usecases.change(OPERATOR, made.id, SAID, made.version)

    with pytest.raises(Stale):
        usecases.change(OPERATOR, made.id, replace(SAID, name="Autre"), made.version)


@pytest.mark.parametrize("known", ["0" * 26, "x", "a#b"])
def test_an_application_that_is_not_there_is_not_found(known: str) -> None:
    acts: tuple[Callable[[], object], ...] = (
        lambda: usecases.find(known),
        lambda: usecases.change(OPERATOR, known, DRAFT),
        lambda: usecases.review(OPERATOR, known, []),
        lambda: usecases.set_state(OPERATOR, known, State.ONLINE, "Revue."),
    )
    for act in acts:
        with pytest.raises(NotFound):
            act()


def test_what_is_wrong_writes_nothing(calls: Recorder) -> None:
    wrong = replace(DRAFT, site="https://169.254.169.254/")
    made = an_application()
    calls.clear()

    acts: tuple[Callable[[], object], ...] = (
        lambda: usecases.register(OPERATOR, wrong),
        lambda: usecases.change(OPERATOR, made.id, wrong),
        lambda: usecases.set_state(OPERATOR, made.id, State.ONLINE, ""),
    )
    for act in acts:
        with pytest.raises(Invalid):
            act()
    assert calls.counted == {}


def test_the_history_is_read_page_after_page_from_the_newest() -> None:
    made = an_application()
    for n in range(5):
        usecases.change(OPERATOR, made.id, replace(DRAFT, name=f"Nom {n}"))

    first = usecases.history(made.id, limit=4)
    rest = usecases.history(made.id, limit=4, after=first[-1].id)

    assert [one.what for one in (*first, *rest)] == [
        *["application:change"] * 5,
        "application:register",
    ]


def test_the_history_is_apart_from_refusals_and_sealed() -> None:
    made = an_application(state=State.SUSPENDED)

    kept = double.tables()["carnet-test-audit"]

    mine = [item for (pk, _), item in kept.items() if pk == f"APP#{made.id}"]
    assert len(mine) == 4
    assert b"Incident" not in repr(mine).encode()


def _state(application: Application) -> tuple[object, ...]:
    found = usecases.find(application.id)
    row = _row(application.id)
    return found.state, row.status, found.draft.purpose, len(usecases.history(application.id))


ACTS: dict[str, Callable[[Application], object]] = {
    "change": lambda one: usecases.change(OPERATOR, one.id, SAID),
    "state": lambda one: usecases.set_state(OPERATOR, one.id, State.SUSPENDED, "Incident."),
}
DONE: dict[str, Any] = {
    "change": ("online", "online", SAID.purpose, 4),
    "state": ("suspended", "suspended", DRAFT.purpose, 4),
}
NOT_DONE = ("online", "online", DRAFT.purpose, 3)
BROKEN = (StoreUnavailable, Unavailable)


@pytest.mark.parametrize("act", list(ACTS))
@pytest.mark.parametrize("mode", ["before", "after", "lost_once", "throttled", "conflict"])
def test_a_broken_host_leaves_all_or_nothing_and_again_converges(
    faults: Faults, act: str, mode: str
) -> None:
    made = an_application(state=State.ONLINE)
    faults.on("dynamodb.TransactWriteItems", mode)

    try:
        ACTS[act](made)
    except BROKEN:
        assert _state(made) in (NOT_DONE, DONE[act])
    else:
        assert _state(made) == DONE[act]

    faults.clear()
    ACTS[act](made)
    assert _state(made) == DONE[act]


def test_a_registration_whose_answer_was_lost_is_found_again_by_its_id(faults: Faults) -> None:
    known = ids.new_secret_id()
    faults.on("dynamodb.TransactWriteItems", "after", nth=2)  # the first makes its branch key
    with pytest.raises(StoreUnavailable):
        usecases.register(PUBLISHER, DRAFT, application_id=known)
    faults.clear()

    assert usecases.register(PUBLISHER, DRAFT, application_id=known).id == known
    assert len(usecases.history(known)) == 1


def test_two_who_register_one_id_at_once_make_one(faults: Faults) -> None:
    known = ids.new_secret_id()

    def rival() -> None:
        usecases.register(PUBLISHER, DRAFT, application_id=known)

    faults.on("dynamodb.TransactWriteItems", meanwhile(rival), nth=2)

    assert usecases.register(PUBLISHER, DRAFT, application_id=known).id == known
    assert len(usecases.history(known)) == 1


def test_a_suspension_decided_while_a_change_is_written_is_kept(faults: Faults) -> None:
    made = an_application(state=State.ONLINE)

    def rival() -> None:
        usecases.set_state(OPERATOR, made.id, State.SUSPENDED, "Incident.")

    faults.on("dynamodb.TransactWriteItems", meanwhile(rival))
    usecases.change(OPERATOR, made.id, SAID)

    assert _state(made) == ("suspended", "suspended", SAID.purpose, 5)
