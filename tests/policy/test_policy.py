"""The decision is a pure function of facts: default deny, and grants only add."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from chalicelib.access.model import Action, Decision, Facts, Grant, GrantStatus, Refusal, Right
from chalicelib.access.policy import decide
from chalicelib.http.principal import ActorKind
from infra import access_page
from infra.describe import ACCESS_PAGE

FACTS = st.builds(Facts)
ACTIONS = st.sampled_from(Action)
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def allowed(facts: Facts) -> set[Action]:
    return {action for action in Action if decide(action, facts).is_allowed}


@given(FACTS, st.text(max_size=40))
def test_an_unknown_action_is_refused_whatever_the_facts(facts: Facts, name: str) -> None:
    if name in set(Action):
        return
    decision = decide(cast("Action", name), facts)
    assert not decision.is_allowed
    assert decision.right is Right.NONE


@given(ACTIONS, FACTS)
def test_a_decision_is_a_right_or_a_reason(action: Action, facts: Facts) -> None:
    decision = decide(action, facts)
    assert decision.is_allowed == (decision.right is not Right.NONE)
    assert decide(action, facts) == decision


@given(FACTS)
def test_adding_a_grant_never_removes_an_ability(facts: Facts) -> None:
    without = replace(facts, grant_active=False)
    assert allowed(without) <= allowed(replace(facts, grant_active=True))


@given(FACTS)
def test_holding_the_record_never_removes_an_ability(facts: Facts) -> None:
    without = replace(facts, holds_record=False)
    assert allowed(without) <= allowed(replace(facts, holds_record=True))


@given(ACTIONS, FACTS)
def test_a_closed_space_opens_nothing(action: Action, facts: Facts) -> None:
    decision = decide(action, replace(facts, space_open=False))
    assert decision == Decision(Right.NONE, Refusal.SPACE_CLOSED)


@given(ACTIONS, FACTS)
def test_a_missing_target_opens_nothing(action: Action, facts: Facts) -> None:
    decision = decide(action, replace(facts, target_wanted=True, target_exists=False))
    assert not decision.is_allowed


@given(ACTIONS, FACTS)
def test_without_any_relation_only_feeding_is_left(action: Action, facts: Facts) -> None:
    stranger = replace(
        facts,
        holds_record=False,
        grant_active=False,
        target_deposited_by_actor=False,
        link_live=False,
        takes_part=False,
    )
    decision = decide(action, stranger)
    feeding = {
        Action.DOCUMENT_ADD,
        Action.DOCUMENT_ANNOUNCE,
        Action.APPOINTMENT_ADD,
        Action.PATIENT_LOOKUP,
        Action.CONVERSATION_OPEN,
    }
    assert not decision.is_allowed or (
        decision.right is Right.FEEDING
        and stranger.actor is ActorKind.ORGANISATION
        and action in feeding
    )


@given(FACTS)
def test_a_grant_serves_professionals_only(facts: Facts) -> None:
    for actor in (ActorKind.PERSON, ActorKind.ORGANISATION):
        of_actor = replace(facts, actor=actor)
        assert allowed(replace(of_actor, grant_active=True)) == allowed(
            replace(of_actor, grant_active=False)
        )


@given(FACTS)
def test_nobody_but_the_holder_sees_the_trace_or_the_authorisations(facts: Facts) -> None:
    own = {
        Action.TRACE_READ,
        Action.HOME_READ,
        Action.IDENTITY_READ,
        Action.AUTHORISATION_LIST,
        Action.AUTHORISATION_GIVE,
        Action.AUTHORISATION_WITHDRAW,
        Action.CONSENT_LIST,
        Action.CONSENT_GIVE,
        Action.CONSENT_CHANGE,
        Action.CONSENT_AGREE,
        Action.CONSENT_WITHDRAW,
        Action.FEED_LIST,
        Action.FEED_ADD,
        Action.FEED_REVOKE,
    }
    if own & allowed(facts):
        assert facts.actor is ActorKind.PERSON
        assert facts.holds_record


@given(FACTS)
def test_a_live_link_serves_calendars_only_and_reads_only(facts: Facts) -> None:  # A22
    with_link = allowed(replace(facts, link_live=True))
    added = with_link - allowed(replace(facts, link_live=False))
    assert added <= {Action.FEED_READ}
    assert Action.FEED_READ not in with_link or facts.actor is ActorKind.CALENDAR


@given(FACTS)
def test_taking_part_serves_the_conversation_and_nothing_else(facts: Facts) -> None:  # A14
    added = allowed(replace(facts, takes_part=True)) - allowed(replace(facts, takes_part=False))
    assert {action.split(":")[0] for action in added} <= {"messaging"}
    assert not added & {Action.CONVERSATION_OPEN, Action.SENDER_BLOCK, Action.ATTACHMENT_SAVE}


@given(FACTS)
def test_only_the_depositor_completes_a_deposit(facts: Facts) -> None:
    if Action.DOCUMENT_UPLOAD in allowed(facts):
        assert facts.target_deposited_by_actor


@given(FACTS)
def test_only_the_depositor_or_the_family_takes_a_document_back(facts: Facts) -> None:
    if Action.DOCUMENT_WITHDRAW in allowed(facts):
        is_family = facts.holds_record or facts.represents_holder
        assert facts.target_deposited_by_actor or is_family
        assert facts.target_deposited_by_actor or facts.actor is ActorKind.PERSON


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (NOW - timedelta(milliseconds=1), True),
        (NOW, False),
        (NOW + timedelta(seconds=1), False),
    ],
)
def test_a_grant_ends_at_its_instant(moment: datetime, expected: object) -> None:
    assert a_grant(until=NOW).is_active(moment) is expected


def a_grant(*, until: datetime, status: GrantStatus = GrantStatus.ACTIVE) -> Grant:
    return Grant("89900000001", status, NOW, until, NOW, None, 1)


class GivenAndTakenBack(RuleBasedStateMachine):
    """Whatever the order of giving, taking back and waiting, the last word counts."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.grant: Grant | None = None
        self.expected = False
        self.ends = NOW

    @rule(days=st.integers(1, 400))
    def give(self, days: int) -> None:
        self.ends = self.now + timedelta(days=days)
        self.grant = a_grant(until=self.ends)
        self.expected = True

    @rule()
    def take_back(self) -> None:
        if self.grant is not None:
            self.grant = replace(self.grant, status=GrantStatus.WITHDRAWN)
        self.expected = False

    @rule(days=st.integers(1, 400))
    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)
        self.expected = self.expected and self.now < self.ends

    @invariant()
    def only_what_a_grant_gives_changes(self) -> None:
        active = self.grant is not None and self.grant.is_active(self.now)
        assert active == self.expected
        facts = Facts(
            ActorKind.PROFESSIONAL, space_open=True, holds_record=False, grant_active=active
        )
        given_back = {
            Action.NEWS_READ,
            Action.NEWS_SEEN,
            Action.PATIENT_READ,
            Action.PATIENT_LOOKUP,
            Action.DOCUMENT_LIST,
            Action.DOCUMENT_READ,
            Action.DOCUMENT_OPEN,
            Action.DOCUMENT_ADD,
            Action.DOCUMENT_ANNOUNCE,
            Action.DOCUMENT_REVEAL,
            Action.APPOINTMENT_LIST,
            Action.APPOINTMENT_ADD,
            Action.CONVERSATION_OPEN,
        }
        assert allowed(facts) == (given_back if self.expected else set())


TestGivenAndTakenBack = pytest.mark.slow(GivenAndTakenBack.TestCase)


def test_the_committed_page_is_what_the_policy_decides() -> None:
    assert ACCESS_PAGE.read_text(encoding="utf-8") == access_page.text(), (
        "run python -m infra.describe"
    )


def test_every_right_that_opens_something_is_on_the_page() -> None:
    page = access_page.text()

    assert [right for right in Right if f"| {right} |" not in page] == [
        Right.PARENTAL,
        Right.OPERATOR,
        Right.NONE,
    ]
