"""What makes an application acceptable, everything wrong at once, and what may become of it."""

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import product
from typing import Any

import pytest
from joserfc.jwk import ECKey, OctKey

from chalicelib.access.permissions import Permission
from chalicelib.catalogue import rules
from chalicelib.catalogue.model import (
    Application,
    Asked,
    Attestation,
    Attested,
    Checked,
    Criteria,
    Platform,
    Price,
    Pricing,
    Publisher,
    State,
    Theme,
)
from chalicelib.core.errors import Conflict, Invalid
from chalicelib.http.field_texts import FIELD_TEXTS
from tests.catalogue.samples import DRAFT, KEY

NOW = datetime(2026, 11, 23, tzinfo=UTC)
# Source: R-CAT-03, written by hand; what is delisted registers anew.
MOVES = {
    ("candidate", "online"),
    ("candidate", "delisted"),
    ("online", "suspended"),
    ("online", "delisted"),
    ("suspended", "online"),
    ("suspended", "delisted"),
}
# 1024 bits; only its length matters.
WEAK = {"kty": "RSA", "e": "AQAB", "n": "v" + "w" * 170}
ALL = tuple(Checked(one, date(2026, 11, 1)) for one in Criteria)


def _application(**said: Any) -> Application:
    defaults: dict[str, Any] = {
        "id": "0" * 26,
        "draft": DRAFT,
        "state": State.CANDIDATE,
        "state_since": NOW,
        "checked": ALL,
        "owner": None,
        "version": 1,
    }
    return Application(**defaults | said)


def _wrong(**said: Any) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refused:
        rules.check(replace(DRAFT, **said))
    assert all(one.code in FIELD_TEXTS for one in refused.value.errors)
    return [(one.pointer, one.code) for one in refused.value.errors]


def test_an_application_that_says_what_it_must_is_accepted() -> None:
    rules.check(DRAFT)
    rules.check(replace(DRAFT, data_asked=(), redirect_uris=(), jwks=None, attestations=()))


def test_everything_wrong_is_said_at_once_each_with_its_field() -> None:
    asked = Asked(Permission.WEIGHT_WRITE, "Pour votre suivi.")

    assert _wrong(
        name=" ",
        publisher=Publisher("x" * 121, "http://editeur.example"),
        purpose="Cach\u202eé",
        platforms=(),
        price=Price(Pricing.PAID, ""),
        data_asked=(asked, replace(asked, why="")),
        retention="",
        site="https://10.0.0.1",
        privacy="file:///etc/passwd",
        attestations=(Attestation(Attested.HDS, ""), Attestation(Attested.HDS, "42")),
        redirect_uris=("https://a.example/r", "https://a.example/r", "https://*.example/r"),
        jwks={"keys": []},
    ) == [
        ("/name", "string_too_short"),
        ("/publisher/name", "string_too_long"),
        ("/purpose", "control_character"),
        ("/retention", "string_too_short"),
        ("/price/detail", "string_too_short"),
        ("/data_asked/1/why", "string_too_short"),
        ("/attestations/0/reference", "string_too_short"),
        ("/publisher/website", "address_https"),
        ("/site", "address_private"),
        ("/privacy", "address_https"),
        ("/redirect_uris/1", "repeated"),
        ("/redirect_uris/2", "address_wildcard"),
        ("/platforms", "none_chosen"),
        ("/data_asked/1/permission", "repeated"),
        ("/attestations/1/kind", "repeated"),
        ("/jwks", "keys_shape"),
    ]


def test_a_platform_is_said_once_and_redirect_addresses_are_few() -> None:
    many = tuple(f"https://a.example/{n}" for n in range(6))

    assert _wrong(platforms=(Platform.WEB, Platform.WEB)) == [("/platforms/1", "repeated")]
    assert _wrong(redirect_uris=many) == [("/redirect_uris", "too_many_redirects")]


@pytest.mark.parametrize(
    ("jwks", "code"),
    [
        ({"keys": [KEY.as_dict(private=True)]}, "keys_private"),
        ({"keys": [OctKey.generate_key(256).as_dict(private=True)]}, "keys_kind"),
        ({"keys": [WEAK]}, "keys_weak"),
        ({"keys": [ECKey.generate_key("P-384").as_dict(private=False)]}, "keys_weak"),
        ({"keys": [KEY.as_dict(private=False)] * 2}, "keys_alike"),
        (
            {
                "keys": [
                    ECKey.generate_key("P-256", {"kid": str(n)}).as_dict(private=False)
                    for n in range(11)
                ]
            },
            "keys_many",
        ),
        ({"jwks_uri": "https://169.254.169.254/keys"}, "keys_inline"),
        ({"keys": [KEY.as_dict(private=False) | {"x5u": "http://127.0.0.1/"}]}, "keys_inline"),
        ({"keys": [KEY.as_dict(private=False) | {"jku": "http://127.0.0.1/"}]}, "keys_inline"),
        ({"keys": "https://a.example/keys"}, "keys_shape"),
        ({"keys": ["x"]}, "keys_shape"),
        ({}, "keys_shape"),
    ],
)
@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
def test_keys_that_do_not_serve_are_refused_with_their_reason(
    jwks: dict[str, Any], code: str
) -> None:
    assert _wrong(jwks=jwks) == [("/jwks", code)]


@pytest.mark.parametrize(("before", "after"), list(product(State, State)))
def test_an_application_moves_as_the_convention_says(before: State, after: State) -> None:
    application = _application(state=before)
    if (before.value, after.value) in MOVES:
        rules.check_move(application, after)
        return

    with pytest.raises(Conflict, match="application-move") as refused:
        rules.check_move(application, after)

    assert refused.value.extra == {"state": before}


@pytest.mark.parametrize("missing", list(Criteria))
def test_an_application_that_exchanges_data_goes_online_once_all_is_checked(
    missing: Criteria,
) -> None:
    application = _application(checked=[one for one in ALL if one.criteria is not missing])

    with pytest.raises(Conflict, match="application-unchecked") as refused:
        rules.check_move(application, State.ONLINE)

    assert refused.value.extra == {"missing": missing.value}


def test_an_application_that_is_only_presented_needs_less() -> None:
    draft = replace(DRAFT, data_asked=())
    checked = [one for one in ALL if one.criteria in ("security", "data_protection", "ethics")]

    rules.check_move(_application(draft=draft, checked=checked), State.ONLINE)
    assert rules.missing_checks(_application(draft=draft, checked=())) == [
        "security",
        "data_protection",
        "ethics",
    ]


@pytest.mark.parametrize(
    ("state", "publisher", "operator"),
    [
        (State.CANDIDATE, State.CANDIDATE, State.CANDIDATE),
        (State.ONLINE, State.CANDIDATE, State.ONLINE),
        (State.SUSPENDED, State.SUSPENDED, State.SUSPENDED),
    ],
)
def test_what_people_consent_to_does_not_change_under_their_eyes(  # R-SVC-04
    state: State, publisher: State, operator: State
) -> None:
    known = _application(state=state)
    rules.check_change(known)
    assert rules.state_after(known, by_publisher=True) is publisher
    assert rules.state_after(known, by_publisher=False) is operator


def test_what_was_delisted_stays_as_it_was() -> None:
    with pytest.raises(Conflict, match="application-fixed"):
        rules.check_change(_application(state=State.DELISTED))


def test_the_order_is_by_name_without_case_or_accents() -> None:
    names = ("Zoé", "écran", "Abeille", "ECHO", "élan")
    found = [_application(draft=replace(DRAFT, name=one), state=State.ONLINE) for one in names]

    ordered = [one.draft.name for one in rules.chosen(found, None, None)]

    assert ordered == ["Abeille", "ECHO", "écran", "élan", "Zoé"]


def test_what_is_online_or_suspended_is_listed_unless_a_state_is_asked_for() -> None:
    found = [_application(state=one) for one in State]

    assert {one.state for one in rules.chosen(found, None, None)} == {"online", "suspended"}
    assert [one.state for one in rules.chosen(found, None, State.CANDIDATE)] == ["candidate"]
    assert rules.chosen(found, Theme.VACCINATION, None) == []


def test_a_candidate_leads_nowhere_in_our_name() -> None:
    shown = rules.published(_application()).draft

    assert (shown.site, shown.privacy, shown.publisher.website) == ("", "", "")
    assert rules.published(_application(state=State.SUSPENDED)).draft == DRAFT


def test_what_was_already_checked_keeps_its_day() -> None:
    today = date(2026, 11, 23)
    before = [Checked(Criteria.SECURITY, date(2026, 1, 1)), Checked(Criteria.ETHICS, today)]

    after = rules.checks_after(
        before, [Checked(Criteria.DATA_PROTECTION, today), Checked(Criteria.SECURITY, today)]
    )

    assert after == (
        Checked(Criteria.SECURITY, date(2026, 1, 1)),
        Checked(Criteria.DATA_PROTECTION, today),
    )


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501, "Cach\u202eé"])
def test_a_decision_has_a_reason_to_read(reason: str) -> None:
    with pytest.raises(Invalid):
        rules.check_reason(reason)
