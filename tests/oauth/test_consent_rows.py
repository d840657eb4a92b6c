"""What is stored of a consent tells nothing, and is not believed once it was altered."""

from dataclasses import replace

from chalicelib.access import applications
from chalicelib.access.applications import ConsentRow
from chalicelib.access.permissions import Permission
from chalicelib.core import aws, rows
from chalicelib.core.outbox import event_of
from chalicelib.notifications import inbox
from tests import double
from tests.faults.stories import waiting
from tests.oauth.play import Play, acting, an_application, may


def alter(
    where: tuple[str, str], name: str, value: dict[str, str], *, table: str = "record"
) -> None:
    """Write one attribute of a row, as somebody does who writes the tables and has no key."""
    key = {"pk": {"S": where[0]}, "sk": {"S": where[1]}}
    item = key | double.tables()[rows.table_name(table)][where] | {name: value}
    aws.client("dynamodb").put_item(TableName=rows.table_name(table), Item=item)


def test_the_person_is_told_of_a_consent_but_not_which(play: Play) -> None:
    play.give()

    (event,) = [one for one in waiting() if one.type == "consent.given"]
    assert play.application.id not in str(event.attribute_values)


def test_no_key_tells_which_application_or_what(play: Play) -> None:
    before = {table: dict(items) for table, items in double.tables().items()}
    play.connect()
    play.list()

    told = ("weight", "blood", "balance", play.application.id)
    for table, items in double.tables().items():
        for where in items.keys() - before.get(table, {}).keys():
            assert not any(word in str(where).casefold() for word in told), where
            if table.endswith(("record", "work")):
                assert not any(word in str(items[where]) for word in told), where


def test_an_altered_consent_lets_nobody_in_and_her_word_replaces_it(play: Play) -> None:
    got = play.connect()
    where = applications.consent_key(
        play.person.pid, applications.consent_ref(play.person.pid, play.application.id)
    )
    row = rows.get(ConsentRow, *where)
    assert row is not None
    alter(where, "valid_until", {"S": "2099-01-01T00:00:00.000Z"})
    assert play.list() == []
    assert play.renew(got["refresh_token"]).status == 500

    assert play.give(lines=[Permission.WEIGHT_WRITE]).status == 201

    assert [one["permissions"] for one in play.list()] == [["weight:write"]]
    assert not may(acting(got["access_token"]), play.person.pid)


def test_an_altered_consent_is_taken_back(play: Play) -> None:
    play.connect()
    (one,) = play.list()
    where = applications.consent_key(play.person.pid, one["id"])
    alter(where, "generation", {"N": "1"})

    reply = play.http.delete(f"{play.consents}/{one['id']}", as_=play.person.principal)

    assert reply.status == 204
    assert play.list() == []


def test_an_altered_application_hides_no_consent_and_no_notice(play: Play) -> None:
    play.connect()
    other = replace(play, application=an_application(name="Autre (exemple)"))
    other.connect()
    for row in waiting():
        inbox.keep(event_of(row))
    where = applications.application_key(play.application.id)
    alter(where, "name", {"S": "Assurance maladie"}, table="identity")

    notices = play.http.get(
        f"/v1/patients/{play.person.pid}/notices", as_=play.person.principal
    ).json()["items"]

    assert {one["application"]["name"] for one in play.list()} == {"", "Autre (exemple)"}
    assert sum("Autre (exemple)" in one["text"] for one in notices) == 1
    assert "Assurance maladie" not in str(notices)
    gone = [
        play.http.delete(f"{play.consents}/{one['id']}", as_=play.person.principal).status
        for one in play.list()
    ]
    assert gone == [204, 204]
