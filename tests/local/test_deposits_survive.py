"""200 deposits with keys while processes are killed ten times: none lost, none double.

The ledger is the client's: what it sent, and what was acknowledged to it. Source: D2, R03, R04.
At the end all is stopped outright, and started again from what is on disk.
"""

import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from hashlib import sha256
from http import HTTPStatus
from itertools import cycle, islice

import pytest

from infra.local.client import Caller, Reply
from infra.local.journey import TRAITS
from infra.local.sample_documents import a_pdf_document
from tests.stack import Stack

DEPOSITS = 200
KILLS = 10
VICTIMS = ("cloud", "api", "front", "cloud", "notify", "relay", "authorize", "providers", "cloud")
SENDERS = 4
TOGETHER = 20
# Nothing is known: the same key goes again.
BUSY = {HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT}
PATIENCE_SECONDS = 480  # ten restarts, on a machine that does much else

pytestmark = [pytest.mark.cloud, pytest.mark.xdist_group("kills")]


class Laboratory:
    """Software that never gives up: the same request with the same key until it is answered."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._caller = Caller(stack.url)
        self._handle = ""

    def deposit(self, number: int) -> tuple[str, str]:
        """Deposit one document; return its id, and the hash of what was sent."""
        content = a_pdf_document(f"Résultat {number}", [f"Ligne du résultat {number}."])
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            reply = self._try(number, content)
            if reply is not None and reply.status == HTTPStatus.CREATED:
                return str(reply.json()["id"]), sha256(content).hexdigest()
            assert time.monotonic() < deadline, reply
            if reply is None or reply.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND}:
                self._caller.token = ""
            time.sleep(0.2)

    def _try(self, number: int, content: bytes) -> Reply | None:
        try:
            if not self._caller.token:
                self._prepare()
            return self._caller.deposit(
                self._handle, content, f"survive-{number:04d}", title="R", type_code="11502-2"
            )
        except (OSError, KeyError, ValueError):
            return None  # no answer, or half of one: nothing is known, the same key goes again

    def _prepare(self) -> None:
        self._caller.authenticate(self._stack.config.state / "laboratory" / "client.json")
        found = self._caller.request("POST", "/v1/patients/lookup", json_body=TRAITS)
        self._handle = found.json()["handle"]


def _kill_now_and_then(stack: Stack, done: threading.Event, killed: list[str]) -> None:
    for name in islice(cycle(VICTIMS), KILLS):
        if done.wait(0.7):
            return
        stack.kill(name)
        killed.append(name)
        stack.wait_until_ready()


def _record(caller: Caller) -> str:
    pid = caller.request("GET", "/v1/me").json()["profiles"][0]["patient_id"]
    return f"/v1/patients/{pid}/documents"


def _documents(caller: Caller) -> Iterator[str]:
    path, cursor = _record(caller), ""
    while cursor is not None:
        more = f"&cursor={cursor}" if cursor else ""
        page = caller.request("GET", f"{path}?limit=100{more}").json()
        yield from (item["id"] for item in page["items"])
        cursor = page["next"]


def _hashes(caller: Caller, documents: Iterable[str]) -> dict[str, str]:
    """Read each content, and return its hash; of one that is not given, what was said instead."""
    path, found = _record(caller), dict[str, str]()
    for one in documents:
        reply = caller.request("GET", f"{path}/{one}/content")
        read = sha256(reply.body).hexdigest() if reply.status == HTTPStatus.OK else str(reply)
        found[one] = read
    return found


def test_no_acknowledged_deposit_is_lost_or_doubled_while_processes_are_killed(
    stack: Stack,
) -> None:
    person = Caller(stack.url)
    person.log_in("franceconnect", "dominique")
    before = set(_documents(person))
    done, killed = threading.Event(), list[str]()
    killer = threading.Thread(target=_kill_now_and_then, args=(stack, done, killed))
    local = threading.local()

    def send(number: int) -> tuple[str, str]:
        if not hasattr(local, "laboratory"):
            local.laboratory = Laboratory(stack)
        while len(killed) < number // (DEPOSITS // KILLS) and killer.is_alive():
            time.sleep(0.05)  # so that there is something left to send at each kill
        made: tuple[str, str] = local.laboratory.deposit(number)
        return made

    killer.start()
    with ThreadPoolExecutor(SENDERS) as pool:
        acknowledged = list(pool.map(send, range(DEPOSITS)))
    killer.join()
    done.set()
    stack.wait_until_ready()
    stack.kill("launcher")
    stack.start()
    stack.wait_until_ready()
    person.log_in("franceconnect", "dominique")
    listed, ledger = list(_documents(person)), dict(acknowledged)

    assert len(killed) == KILLS
    assert len(ledger) == DEPOSITS
    assert sorted(set(listed) - before) == sorted(ledger)
    assert len(listed) == len(set(listed))
    assert _hashes(person, ledger) == ledger


def test_one_key_sent_twenty_times_at_once_makes_one_document(stack: Stack) -> None:  # A13
    content = a_pdf_document("Vingt fois", ["La même demande, vingt fois à la fois."])
    key, together = f"twenty-{time.time_ns()}", threading.Barrier(TOGETHER)
    person, laboratory = Caller(stack.url), Caller(stack.url)
    person.log_in("franceconnect", "dominique")
    before = set(_documents(person))
    laboratory.authenticate(stack.config.state / "laboratory" / "client.json")
    handle = laboratory.request("POST", "/v1/patients/lookup", json_body=TRAITS).json()["handle"]

    def send(number: int) -> Reply:
        del number
        caller, deadline = Caller(stack.url), time.monotonic() + PATIENCE_SECONDS
        caller.token = laboratory.token
        together.wait()
        while True:
            # No answer says no more than a busy product does: twenty functions start at once.
            with suppress(OSError):
                reply = caller.deposit(handle, content, key, title="R", type_code="11502-2")
                if reply.status not in BUSY or time.monotonic() > deadline:
                    return reply
            assert time.monotonic() < deadline, stack.tail()

    with ThreadPoolExecutor(TOGETHER) as pool:
        replies = list(pool.map(send, range(TOGETHER)))

    assert {one.status for one in replies} == {HTTPStatus.CREATED}, replies
    (made,) = {one.json()["id"] for one in replies}
    assert set(_documents(person)) - before == {made}
