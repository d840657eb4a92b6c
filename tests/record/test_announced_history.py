"""What was withheld is in her history once it was announced, and costs it nothing before (D15)."""

from collections import Counter
from datetime import timedelta
from typing import Any, Final

import pytest
import time_machine

from chalicelib.access import waiting
from chalicelib.access.store import NotedRow
from chalicelib.audit.model import Audience
from chalicelib.audit.store import history_key
from chalicelib.core import aws, ids, rows
from chalicelib.core import clock as product_clock
from chalicelib.core.rows import Item
from chalicelib.record import usecases as record
from chalicelib.record.model import Draft, Visibility
from tests import double
from tests.builders import Actor, Patient, a_pdf
from tests.http_client import Client
from tests.record.test_announcing import Around, around, get, reveal
from tests.recorder import recorder

__all__ = ["around"]

PAGE: Final = "/trace?others=true&limit=7"


def withhold(laboratory: Actor, person: Patient, number: int) -> str:
    """Deposit one as the product does, without the way there."""
    draft = Draft(
        "Résultat", "11502-2", None, None, None, None, Visibility.NOT_PATIENT, "Consultation"
    )
    content = a_pdf(f"withheld {number}")
    return record.add_document(laboratory.principal, person.pid, draft, content, None).id


def look_at(laboratory: Actor, person: Patient, one: str, times: int) -> None:
    for _ in range(times):
        record.read_document(laboratory.principal, person.pid, one)


def page(http: Client, person: Patient, query: str = PAGE) -> tuple[Any, Counter[str]]:
    """Read a page of her history: it, and the calls that it took."""
    begun = len(recorder.calls)
    reply = get(http, person, person, query)
    assert reply.status == 200, reply.body
    return reply.json(), Counter(call.name for call in recorder.calls[begun:])


def all_of_it(http: Client, person: Patient) -> list[Any]:
    """Read her history page by page: all are full but the last."""
    found, after = list[Any](), ""
    while True:
        read, _ = page(http, person, PAGE + after)
        found += read["items"]
        if read["next"] is None:
            return found
        assert len(read["items"]) == 7
        after = f"&cursor={read['next']}"


def lines_about(lines: list[Any], one: str) -> list[tuple[str, int]]:
    return [(x["label"], x["count"]) for x in lines if (x["document"] or {}).get("id") == one]


def test_what_waits_costs_her_history_no_call(http: Client, around: Around) -> None:
    person, laboratory = around.person, around.laboratory
    page(http, person)
    began = double.snapshot()
    before = page(http, person)
    double.restore(began)
    hidden = [withhold(laboratory, person, number) for number in range(20)]
    look_at(laboratory, person, hidden[0], 110)

    after = page(http, person)

    assert len(_kept(person)) == 130
    assert (after[0]["items"], after[1]) == (before[0]["items"], before[1])


def test_nor_more_to_who_was_told_of_another(http: Client, around: Around) -> None:
    person, laboratory = around.person, around.laboratory
    told = withhold(laboratory, person, 0)
    assert reveal(http, laboratory, person, told).status == 200
    page(http, person)
    began = double.snapshot()
    before = page(http, person)
    double.restore(began)
    hidden = [withhold(laboratory, person, number) for number in range(1, 11)]
    look_at(laboratory, person, hidden[0], 100)

    after = page(http, person)

    assert (after[0]["items"], after[1]) == (before[0]["items"], before[1])


@pytest.mark.parametrize(("many", "times"), [(1, 1), (15, 1), (1, 110)])
def test_what_was_announced_costs_three_calls(
    http: Client, around: Around, clock: time_machine.Traveller, many: int, times: int
) -> None:
    person, laboratory = around.person, around.laboratory
    none = [page(http, person)[1] for _ in range(2)][-1]
    shown = [withhold(laboratory, person, number) for number in range(many)]
    clock.shift(timedelta(hours=2))
    for one in shown:
        look_at(laboratory, person, one, times)
    clock.shift(timedelta(hours=2))
    for one in shown:
        assert reveal(http, laboratory, person, one).status == 200

    read, calls = page(http, person, "/trace?others=true&limit=100")

    more = calls - none
    # The things, their hours, a call for a hundred traces; and the titles, as of any document.
    assert more == {"dynamodb.BatchGetItem": 4 + (times > 100)}
    of_documents = [one for one in read["items"] if one["document"]]
    assert sum(one["count"] for one in of_documents) == many * (2 + times)


def test_all_of_it_is_told_in_order_whatever_the_page(
    http: Client, around: Around, clock: time_machine.Traveller
) -> None:
    """Two that were announced, one that was not, over days; one is taken back since."""
    person, laboratory = around.person, around.laboratory
    first, second, hidden = (withhold(laboratory, person, number) for number in range(3))
    for _ in range(5):
        clock.shift(timedelta(hours=1))
        for one in (first, hidden, second):
            look_at(laboratory, person, one, 2)
            clock.shift(timedelta(minutes=1))
        get(http, around.doctor, person, "/documents")
    for one in (first, second):
        assert reveal(http, laboratory, person, one).status == 200
    look_at(laboratory, person, hidden, 1)

    lines = all_of_it(http, person)

    assert len({one["id"] for one in lines}) == len(lines)
    assert [one["at"] for one in lines] == sorted((one["at"] for one in lines), reverse=True)
    for one in (first, second):
        labels = Counter[str]()
        for label, count in lines_about(lines, one):
            labels[label] += count
        assert labels == {
            "a rendu visible un document, après l’avoir annoncé": 1,
            "a consulté la fiche d’un document": 10,
            "a déposé un document": 1,
        }
    of_documents = [one for one in lines if one["action"].startswith("record:document:")]
    told = sum(one["count"] for one in of_documents if one["action"] != "record:document:list")
    assert told == 24, "and nothing of what still waits"


def test_a_forged_announcement_tells_nothing(http: Client, around: Around) -> None:
    person = around.person
    hidden = withhold(around.laboratory, person, 0)
    shown = withhold(around.laboratory, person, 1)
    assert reveal(http, around.laboratory, person, shown).status == 200
    table = double.tables()[rows.table_name("record")]
    true = table[f"P#{person.pid}", f"ANNOUNCED#{shown}"]
    before = page(http, person)[0]["items"]
    forged = true | {"sk": {"S": f"ANNOUNCED#{hidden}"}}
    aws.client("dynamodb").put_item(TableName=rows.table_name("record"), Item=forged)

    assert page(http, person)[0]["items"] == before


def test_noting_again_adds_nothing(around: Around) -> None:
    pid, about, trace = around.person.pid, ids.new_id(), ids.new_id()
    for _ in range(2):
        rows.write(waiting.note(pid, about, trace))
    hour = product_clock.now().strftime("%Y-%m-%dT%H")
    kept = [(NotedRow, f"P#{pid}", f"WAITED#{about}{end}") for end in ("", f"#{hour}")]
    assert [row["noted"]["SS"] for row in rows.fetch_items(kept)] == [[hour], [trace]]


def test_an_hour_is_never_read_in_two(around: Around, clock: time_machine.Traveller) -> None:
    """More things than are read at once have traces in one hour; and all come in order."""
    pid, made = around.person.pid, list[Item]()
    things = [ids.new_id() for _ in range(70)]
    audit = rows.table_name("audit")
    for _ in range(2):
        for about in things:
            clock.shift(timedelta(milliseconds=7))
            made.append(
                {"pk": {"S": history_key(pid, Audience.WITHHELD)}, "sk": {"S": ids.new_id()}}
            )
            aws.client("dynamodb").put_item(TableName=audit, Item=made[-1])
            rows.write(waiting.note(pid, about, made[-1]["sk"]["S"]))
        clock.shift(timedelta(hours=1))
    names = [one["sk"]["S"] for one in made]
    found = [one["sk"]["S"] for one in waiting.traces(pid, things, None)]
    later = [one["sk"]["S"] for one in waiting.traces(pid, things, names[100])]
    assert found == names[::-1]
    assert later == names[:100][::-1]


def _kept(person: Patient) -> list[tuple[str, str]]:
    pk = history_key(person.pid, Audience.WITHHELD)
    return [one for one in double.tables()[rows.table_name("audit")] if one[0] == pk]
