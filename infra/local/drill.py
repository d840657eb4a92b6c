"""Try that a backup is one: copy, empty, put back, and read everything again; print a verdict.

    make drill

It runs a product of its own, in `.state-drill`. Where `CARNET_STATE` names one, it empties **that
one's** tables: never one whose data anybody needs. What people see is read before and after over
real HTTP: documents byte for byte, the history by the program that shares no code with the
product, a login.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from infra.local import config, journey, mailbox, running, standstill
from infra.local.client import Caller
from infra.local.progress import say, step

if TYPE_CHECKING:
    from collections.abc import Iterator, MutableMapping
    from pathlib import Path

    from infra.local.config import Config

STATE: Final = config.ROOT / ".state-drill"
PORT: Final = "8180"
PEOPLE: Final = ("dominique", "gerard")
_LISTS: Final = (
    "appointments",
    "authorisations",
    "consents",
    "identity",
    "measures",
    "notices",
    "preferences",
    "prevention",
    "representatives",
    "target",
)
START_SECONDS: Final = 300
PATIENCE_SECONDS: Final = 180
_QUIET_SECONDS: Final = 5
_VERIFIER: Final = config.ROOT / "tools" / "verify_trace.py"


class DrillFailedError(Exception):
    """Something is not as it was; says what."""


@dataclass(slots=True)
class Drill:
    """What there was before, and how long each part took."""

    here: Config
    folder: Path
    read: dict[str, dict[str, bytes]] = field(default_factory=dict)  # by person, then by path
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Say a step, and keep how long it took."""
        began = time.monotonic()
        with step(name):
            yield
        self.seconds[name] = time.monotonic() - began


def main() -> int:
    """Run the drill; return 0 if all is as it was."""
    keep_apart(os.environ)
    try:
        with _product() as here, _folder(here) as folder:
            _play(Drill(here, folder))
    except (DrillFailedError, OSError, ValueError) as error:
        print(f"\nNot restored: {error}", file=sys.stderr)
        return 1
    return 0


def keep_apart(variables: MutableMapping[str, str]) -> None:
    """Name a product of the drill's own, unless one is named: `make` says nothing as `""`."""
    if not variables.get("CARNET_STATE"):
        variables["CARNET_STATE"] = str(STATE)
    if not variables.get("CARNET_PORT") and variables["CARNET_STATE"] == str(STATE):
        variables["CARNET_PORT"] = PORT


@contextmanager
def _product() -> Iterator[Config]:
    """Give the running product, or run one until the end of the block."""
    wanted = config.from_environment()
    ready = running.found(wanted)
    if ready is not None:
        yield ready
        return
    if wanted.state == STATE:
        shutil.rmtree(STATE, ignore_errors=True)
    with step("a product to restore"):
        product = subprocess.Popen(
            [sys.executable, "-m", "infra.local.run"], cwd=config.ROOT, stdout=subprocess.DEVNULL
        )
        deadline = time.monotonic() + START_SECONDS
        while (ready := running.found(wanted)) is None:
            if product.poll() is not None or time.monotonic() > deadline:
                raise DrillFailedError(
                    f"no product starts on port {wanted.port} in {wanted.state}: "
                    f"CARNET_PORT={wanted.port} CARNET_STATE={wanted.state} make run says why"
                )
            time.sleep(0.5)
    try:
        yield ready
    finally:
        product.send_signal(signal.SIGTERM)
        product.wait(START_SECONDS)


@contextmanager
def _folder(here: Config) -> Iterator[Path]:
    """Give a folder for the backup, which stays if anything fails: it is what is left."""
    folder = here.state / f"backup-{time.time_ns()}"
    try:
        yield folder
    except BaseException:
        if folder.exists():
            print(f"\nthe backup stays in {folder}", file=sys.stderr)
        raise
    shutil.rmtree(folder)


def _play(drill: Drill) -> None:
    here = drill.here
    with drill.timed("what people see"):
        _deposit(here, journey.a_report())
        _deposit_long(here)
        _wait_for_quiet(here)
        for person in PEOPLE:
            _read(drill, person)
            _verify(drill, person)
    followed = standstill.pause(here)
    before = standstill.counts(here)
    mails = len(mailbox.mails(here))
    with drill.timed("backup"):
        _command("backup", drill)
    with drill.timed("empty"):
        standstill.empty(here)
        standstill.forget(here)
    left = {name: count for name, count in standstill.counts(here).items() if count}
    _require(not left, f"not empty: {left}")
    with drill.timed("restore"):
        _command("restore", drill)
    after = standstill.counts(here)
    standstill.resume(here, followed)
    with drill.timed("what people see again"):
        for person in PEOPLE:
            _compare(drill, person)
    with drill.timed("workers, mails"):
        _told_once(drill, mails)
        for person in PEOPLE:
            _verify(drill, person)
    _print_table(drill, before, after)
    _require(before == after, "counts differ")
    paths = [path for read in drill.read.values() for path in read]
    documents = sum(path.endswith("/content") for path in paths)
    _require(documents, "there was no document to read")
    say(
        f"Restored: counts equal; {documents} documents and {len(paths) - documents} other answers"
        f" byte for byte; {len(PEOPLE)} histories verified; nobody told twice."
    )


def _require(holds: object, said: str) -> None:
    if not holds:
        raise DrillFailedError(said)


def _command(name: str, drill: Drill) -> None:
    log = drill.here.state / "logs" / f"{name}.log"
    with log.open("wb") as out:
        done = subprocess.run(
            [sys.executable, "-m", "infra.local.operate", name, str(drill.folder)],
            cwd=config.ROOT,
            check=False,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    _require(done.returncode == 0, f"{name} failed: {log}")


def _logged_in(here: Config, person: str) -> tuple[Caller, str]:
    caller = Caller(here.url)
    caller.log_in("franceconnect", person)
    me = caller.request("GET", "/v1/me")
    _require(me.status == 200, f"{person} cannot log in: {me.status}")  # noqa: PLR2004  a status
    return caller, str(me.json()["profiles"][0]["patient_id"])


def _pages(here: Config, person: str) -> Iterator[tuple[str, bytes]]:
    """Read what a person reads: lists, messages, and the content of every document."""
    caller, pid = _logged_in(here, person)
    space = f"/v1/patients/{pid}"
    conversations = f"/v1/conversations?patient_id={pid}"
    for path in (*(f"{space}/{name}" for name in _LISTS), "/v1/catalogue"):
        yield path, _body(caller, path)
    for path, about in (
        (f"{space}/documents", f"{space}/documents/{{}}/content"),
        (conversations, "/v1/conversations/{}/messages"),
    ):
        listed = _body(caller, path)
        yield path, listed
        for one in json.loads(listed)["items"]:
            yield about.format(one["id"]), _body(caller, about.format(one["id"]))


def _body(caller: Caller, path: str) -> bytes:
    reply = caller.read_whole(path)
    _require(reply.status == 200, f"{path}: {reply.status}")  # noqa: PLR2004  a status
    return reply.body


def _read(drill: Drill, person: str) -> None:
    drill.read[person] = dict(_pages(drill.here, person))


def _compare(drill: Drill, person: str) -> None:
    was, found = drill.read[person], dict(_pages(drill.here, person))
    other = [path for path in was.keys() | found.keys() if found.get(path) != was.get(path)]
    _require(not other, f"what {person} reads differs: {other}")


def _verify(drill: Drill, person: str) -> None:
    """Verify a history, the second time as the continuation of what was seen the first."""
    caller, pid = _logged_in(drill.here, person)
    proof = drill.here.state / f"proof-{person}.json"
    seen = ["--seen", str(proof)] if "empty" in drill.seconds else []
    save = proof.with_suffix(".new")
    asked = ["--url", drill.here.url, "--patient", pid, "--save", str(save), *seen]
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        done = subprocess.run(
            [sys.executable, str(_VERIFIER), *asked],
            env={**os.environ, "CARNET_TOKEN": caller.token},
            check=False,
            capture_output=True,
            text=True,
        )
        if done.returncode == 0:
            save.replace(proof)
            return
        is_late = done.returncode == 2 and time.monotonic() < deadline  # noqa: PLR2004  cannot tell
        _require(is_late, f"the history of {person}: {done.stdout[-400:]}{done.stderr[-400:]}")
        time.sleep(1)


def _deposit(here: Config, document: bytes) -> None:
    laboratory, handle = _laboratory(here)
    made = laboratory.deposit(handle, document)
    _require(made.status == 201, f"the laboratory's deposit: {made.status}")  # noqa: PLR2004  a status


def _deposit_long(here: Config) -> None:
    """Deposit what comes in parts and is read in slices, and wait until it is there."""
    laboratory, handle = _laboratory(here)
    lines = f"Essai de restauration du {time.time_ns()}.\n" * (5 * 1024 * 1024 // 40)
    fields = {"title": "Essai de restauration", "type_code": "11502-2"}
    reply = laboratory.deposit_in_parts(handle, lines.encode(), **fields)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while reply.status == 202 and time.monotonic() < deadline:  # noqa: PLR2004  a status
        time.sleep(0.5)
        document = f"/v1/patients/{handle}/documents/{reply.json()['id']}"
        reply = laboratory.request("GET", document)
    _require(reply.status == 200, f"the laboratory's long document: {reply.status}")  # noqa: PLR2004  a status


def _laboratory(here: Config) -> tuple[Caller, str]:
    laboratory = Caller(here.url)
    laboratory.authenticate(here.state / "laboratory" / "client.json")
    found = laboratory.request("POST", "/v1/patients/lookup", json_body=journey.TRAITS)
    return laboratory, str(found.json()["handle"])


def _wait_for_quiet(here: Config) -> None:
    """Wait until no mail comes any more."""
    last, since = -1, time.monotonic()
    deadline = since + PATIENCE_SECONDS
    while time.monotonic() - since < _QUIET_SECONDS and time.monotonic() < deadline:
        if (count := len(mailbox.mails(here))) != last:
            last, since = count, time.monotonic()
        time.sleep(0.5)


def _told_once(drill: Drill, before: int) -> None:
    """Deposit once more: by the time that is told, streams have told of all that was put back."""
    _deposit(drill.here, journey.a_report())
    deadline = time.monotonic() + PATIENCE_SECONDS
    while len(fresh := _fresh(drill.here, before)) < 1 and time.monotonic() < deadline:
        time.sleep(0.5)
    _wait_for_quiet(drill.here)
    fresh = _fresh(drill.here, before)
    _require(len(fresh) == 1, f"{len(fresh)} mails after one deposit")


def _fresh(here: Config, before: int) -> list[dict[str, Any]]:
    return mailbox.mails(here)[before:]


def _print_table(drill: Drill, before: dict[str, int], after: dict[str, int]) -> None:
    say(f"\n{'':<12}{'before':>10}{'after':>10}")
    for name, count in before.items():
        differs = "" if after[name] == count else "   differs"
        say(f"{name:<12}{count:>10,}{after[name]:>10,}{differs}")
    size = sum(one.stat().st_size for one in drill.folder.rglob("*") if one.is_file())
    taken = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in drill.seconds.items())
    say(f"\n{size:,} bytes in the backup; {taken}")


if __name__ == "__main__":
    sys.exit(main())
