"""What the person reads, in French: complete, neutral, and true of what happened."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from chalicelib.access.model import Action, Refusal, Right
from chalicelib.identity.model import AccountAction, CoverageAction, SessionAction
from chalicelib.trace import sentences
from chalicelib.trace.model import Kind, Outcome, Shown

DOCTOR = Shown(
    actor=Kind.PROFESSIONAL,
    actor_id="89900000019",
    actor_name="Dr Claire EXEMPLE",
    profession="Médecin",
    organisation="Cabinet Exemple",
    action=Action.DOCUMENT_OPEN,
    outcome=Outcome.ALLOWED,
    right=Right.AUTHORISATION,
    right_since="2026-11-03T09:00:00.000Z",
    reason=None,
    reference="D1",
)
LABORATORY = replace(
    DOCTOR,
    actor=Kind.ORGANISATION,
    actor_name=None,
    organisation="Laboratoire Exemple",
    action=Action.DOCUMENT_ADD,
    right=Right.FEEDING,
    right_since=None,
)
READER = "U1"
HERSELF = replace(
    DOCTOR, actor=Kind.PERSON, actor_id=READER, actor_name=None, right=Right.SELF, right_since=None
)


def sentence(shown: Shown, whom: str | None = None) -> str:
    return f"{sentences.actor_name(shown, READER)} {sentences.label(shown, READER, whom)}"


def refused(shown: Shown, reason: str) -> Shown:
    return replace(shown, outcome=Outcome.REFUSED, right=Right.NONE, reason=reason)


def test_the_catalogue_has_every_action_right_and_refusal() -> None:
    assert set(sentences.DONE_ASKED) >= {*Action, *SessionAction, *AccountAction, *CoverageAction}
    assert set(sentences.RIGHTS) == set(Right)
    assert set(sentences.REFUSALS) == set(Refusal)


@pytest.mark.parametrize("action", [*Action, *SessionAction, *AccountAction, *CoverageAction])
def test_every_action_has_four_sentences_of_its_own(action: str) -> None:
    for shown in (DOCTOR, HERSELF):
        done = sentence(replace(shown, action=action))
        asked = sentence(refused(replace(shown, action=action), Refusal.NO_RIGHT))
        verb = "avez" if shown is HERSELF else "a"
        assert re.match(rf"(Vous|Dr Claire EXEMPLE) {verb} [a-zé]", done)
        assert f" {verb} demandé à " in asked
        assert sentences.UNKNOWN_ACTION[0] not in done
        assert not re.search(r"['\"{}_]|\be$|\(e\)", done + asked)
    others = [sentence(replace(DOCTOR, action=other)) for other in Action if other != action]
    assert sentence(replace(DOCTOR, action=action)) not in others


@pytest.mark.parametrize(
    ("shown", "expected", "right"),
    [
        (
            DOCTOR,
            "Dr Claire EXEMPLE a ouvert un document",
            "Vous avez donné votre autorisation le 3 novembre 2026",
        ),
        (HERSELF, "Vous avez ouvert un document", "C’est votre espace"),
        (
            LABORATORY,
            "Laboratoire Exemple a déposé un document",
            "Dépôt dans votre dossier",
        ),
        (
            replace(LABORATORY, action=Action.CONVERSATION_OPEN),
            "Laboratoire Exemple a ouvert une conversation",
            "Peut vous écrire",
        ),
        (
            refused(DOCTOR, Refusal.NO_RIGHT),
            "Dr Claire EXEMPLE a demandé à ouvrir un document",
            "Demande refusée\u00a0: cette personne n’a pas votre autorisation",
        ),
        (
            refused(LABORATORY, Refusal.NO_RIGHT),
            "Laboratoire Exemple a demandé à déposer un document",
            "Demande refusée\u00a0: cet établissement n’a pas ce droit",
        ),
        (
            refused(DOCTOR, Refusal.PROFESSION),
            "Dr Claire EXEMPLE a demandé à ouvrir un document",
            "Demande refusée\u00a0: sa profession ne permet pas de voir ce document",
        ),
        (
            replace(HERSELF, actor_id="U2"),
            "Une autre personne a ouvert un document",
            "C’est votre espace",
        ),
    ],
)
def test_says_who_did_what_by_what_right(shown: Shown, expected: str, right: str) -> None:
    assert (sentence(shown), sentences.right(shown)) == (expected, right)


def test_an_authorisation_says_to_whom() -> None:
    given = replace(HERSELF, action=Action.AUTHORISATION_GIVE, reference="89900000019")
    assert sentence(given, "Dr Claire EXEMPLE") == (
        "Vous avez donné une autorisation à Dr Claire EXEMPLE"
    )
    assert given.professional_rpps == "89900000019"
    assert given.document_id is None
    assert DOCTOR.professional_rpps is None


def test_what_is_not_in_the_catalogue_is_still_shown() -> None:
    assert sentence(replace(DOCTOR, action="agenda:event:read")) == (
        "Dr Claire EXEMPLE a agi dans votre espace"
    )
    assert sentences.right(refused(DOCTOR, "invented")) == (
        "Demande refusée\u00a0: ce droit n’existe pas"
    )
    assert sentence(replace(DOCTOR, actor_name=None)).startswith("Un professionnel de santé a ")
    assert sentence(replace(LABORATORY, organisation=None)).startswith("Un établissement a ")


@pytest.mark.parametrize(
    ("moment", "written"),
    [
        (datetime(2026, 11, 1, 12, tzinfo=UTC), "1er novembre 2026"),
        (datetime(2026, 8, 31, 23, tzinfo=UTC), "1er septembre 2026"),
        (datetime(2026, 2, 11, 12, tzinfo=UTC), "11 février 2026"),
        (datetime(2026, 12, 31, 22, 59, tzinfo=UTC), "31 décembre 2026"),
    ],
)
def test_dates_are_those_of_paris_in_french(moment: datetime, written: str) -> None:
    assert sentences.date(moment) == written
