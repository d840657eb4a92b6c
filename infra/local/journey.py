"""Play the whole story against the running product, over real HTTP, printing each step.

    make journey
    make journey ARGS="--document FILE"

A laboratory deposits a result; the person is told without content; she reads it, lets her doctor
in, sees in her history that she came, takes the key back, and sees that she was refused. It can
be played again at any time: each run deposits a result of its own, and leaves the doctor's
authorisation as it found it. With `--document`, what is deposited is a CDA about Dominique
PAT-TROIS, the fictitious person of the official samples: once, for it is not taken twice.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from infra.local import config, mailbox, running
from infra.local.client import Caller, Reply
from infra.local.issuer import personas
from infra.local.sample_documents import (
    SampleLaboratory,
    SamplePatient,
    a_laboratory_report,
)

PERSON: Final = "dominique"
DOCTOR: Final = "claire"
MAIL_SECONDS: Final = 60
OPENED: Final = "record:document:open"
LISTED: Final = "record:document:list"
INS_TEST_ROOT: Final = "1.2.250.1.213.1.4.10"
# The traits by which a laboratory and a doctor know the person (fictitious).
TRAITS: Final = {
    "ins": "279035121518989",
    "family_name": "PAT-TROIS",
    "given_name": "DOMINIQUE",
    "birth_date": "1979-03-28",
    "sex": "female",
}


# Words that would tell a stranger who wrote, about what, or about whom.
TELLING: Final = (
    "tsh",
    "thyr",
    "biolog",
    "laboratoire",
    "exemple",
    "dominique",
    "pat-trois",
    TRAITS["ins"],
)


class StepFailedError(Exception):
    """A step of the story did not go as told."""


@dataclass(slots=True)
class Story:
    """What the steps hand to one another."""

    running: config.Config
    began: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))
    count: int = 0

    def tell(self, sentence: str, status: int | str) -> None:
        """Print a step and its outcome."""
        self.count += 1
        print(f"{self.count:2}. {sentence} … {status}", flush=True)

    def expect(self, sentence: str, reply: Reply, status: int) -> Reply:
        """Print a step, and stop if it did not answer what the story says.

        Raises:
            StepFailedError: another status came back.
        """
        self.tell(sentence, reply.status)
        if reply.status != status:
            raise StepFailedError(f"expected {status}: {reply.body[:400]!r}")
        return reply

    def require(self, sentence: str, found: object) -> None:
        """Print a step that checks something, and stop if it does not hold.

        Raises:
            StepFailedError: it does not.
        """
        self.tell(sentence, "ok" if found else "no")
        if not found:
            raise StepFailedError(sentence)


def main() -> int:
    """Play the story; return 0 if all of it went as told."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--document", type=Path, help="a CDA file to deposit instead of ours")
    document = parser.parse_args().document
    try:
        wanted = config.from_environment()
        ready = running.found(wanted)
        if ready is None:
            print(
                f"Carnet does not run from {wanted.state}, or is not ready yet.\n"
                "Start it with `make run`; once it gives its address: `make journey`.",
                file=sys.stderr,
            )
            return 1
        story = Story(ready)
        play(story, document.read_bytes() if document else a_report())
    except (StepFailedError, OSError, ValueError) as error:
        print(f"\nThe story stopped: {error}", file=sys.stderr)
        return 1
    print(f"\n{story.count} steps, all as told. To see it all: {ready.url}")
    return 0


def play(story: Story, document: bytes) -> None:
    """Play every step, and leave the doctor's authorisation as it was."""
    print(f"On {story.running.url}; each step with the status of its answer.\n")
    person, doctor, rpps = _log_in(story)
    pid = person.request("GET", "/v1/me").json()["profiles"][0]["patient_id"]
    path = f"/v1/patients/{pid}/authorisations"
    found = person.request("GET", path).json()["items"]
    was_let_in = any(one["rpps"] == rpps and one["status"] == "active" for one in found)
    if was_let_in:
        taken = person.request("DELETE", f"{path}/{rpps}")
        story.expect("She had let her doctor in: set aside until the end", taken, 204)
    try:
        mails = len(mailbox.mails(story.running))
        document_id = _deposit(story, document)
        _told_without_content(story, mails)
        _reads(story, person, pid, document_id)
        _doctor_comes(story, person, doctor, pid, rpps, document_id)
        _takes_back(story, person, doctor, pid, rpps)
    finally:
        if was_let_in:
            again = person.request("PUT", f"{path}/{rpps}", json_body={})
            story.tell("Her doctor is let in again, as before the story", again.status)


def a_report() -> bytes:
    """Write a thyroid report of this very minute, so that no two journeys deposit the same one."""
    now = datetime.now(UTC)
    patient = SamplePatient(
        ins=TRAITS["ins"],
        ins_root=INS_TEST_ROOT,
        family_name=TRAITS["family_name"],
        given_names=("DOMINIQUE", "MARIE-LOUISE"),
        sex="F",
        birth_date=date.fromisoformat(TRAITS["birth_date"]),
        birth_place="51215",
    )
    laboratory = SampleLaboratory(
        "Laboratoire Exemple", "750803447", "EXEMPLE", "Camille", "99700300017"
    )
    return a_laboratory_report(
        patient, laboratory, number=time.time_ns() // 1_000_000, sampled_at=now - timedelta(days=1)
    )


def _log_in(story: Story) -> tuple[Caller, Caller, str]:
    person, doctor = Caller(story.running.url), Caller(story.running.url)
    story.expect("The person logs in", person.log_in("franceconnect", PERSON), 303)
    story.expect("Her session is open", person.request("GET", "/v1/me"), 200)
    story.expect("The doctor logs in", doctor.log_in("psc", DOCTOR), 303)
    me = story.expect("Her session is open", doctor.request("GET", "/v1/me"), 200).json()
    return person, doctor, str(me["rpps"])


def _deposit(story: Story, document: bytes) -> str:
    laboratory = Caller(story.running.url)
    laboratory.authenticate(story.running.state / "laboratory" / "client.json")
    found = laboratory.request("POST", "/v1/patients/lookup", json_body=TRAITS)
    story.expect("The laboratory asks whether the space takes deposits", found, 200)
    made = laboratory.deposit(found.json()["handle"], document)
    story.expect("It deposits the result (CDA, TSH)", made, 201)
    return str(made.json()["id"])


def _told_without_content(story: Story, before: int) -> None:
    address = personas()[PERSON]["claims"]["email"]
    deadline = time.monotonic() + MAIL_SECONDS
    while not (fresh := _mails_to(story, address, before)) and time.monotonic() < deadline:
        time.sleep(0.5)
    story.require("The person receives a mail", fresh)
    text = " ".join(f"{name} {value}" for mail in fresh for name, value in mail.items()).lower()
    told = [word for word in TELLING if word in text.replace(address, "")]
    story.require("It says nothing but “something new”", not told)


def _mails_to(story: Story, address: str, before: int) -> list[dict[str, Any]]:
    return [mail for mail in mailbox.mails(story.running)[before:] if mail["To"] == [address]]


def _reads(story: Story, person: Caller, pid: str, document_id: str) -> None:
    home = story.expect(
        "She opens her home screen", person.request("GET", f"/v1/patients/{pid}/home"), 200
    )
    newest = home.json()["documents"][0]
    story.require("The result is there, first", newest["id"] == document_id)
    path = f"/v1/patients/{pid}/documents/{document_id}"
    story.expect("She opens it", person.request("GET", f"{path}/content"), 200)
    shown = story.expect(
        "She reads it in plain words", person.request("GET", f"{path}/narrative"), 200
    )
    story.require("It has sections", shown.json()["sections"])


def _doctor_comes(
    story: Story, person: Caller, doctor: Caller, pid: str, rpps: str, document_id: str
) -> None:
    refused = doctor.request("POST", "/v1/patients/lookup", json_body=TRAITS)
    story.expect("Without an authorisation, the doctor does not find her", refused, 404)
    given = person.request("PUT", f"/v1/patients/{pid}/authorisations/{rpps}", json_body={})
    story.expect("The person authorises her doctor", given, 201)
    found = doctor.request("POST", "/v1/patients/lookup", json_body=TRAITS)
    story.expect("The doctor finds her by her national number and traits", found, 200)
    path = f"/v1/patients/{found.json()['patient_id']}/documents"
    story.expect("She sees the documents", doctor.request("GET", path), 200)
    read = doctor.request("GET", f"{path}/{document_id}/content")
    story.expect("She reads the result", read, 200)
    line = _line(story, person, pid, outcome="allowed", action=OPENED, document_id=document_id)
    story.require("The person sees it in her history", line)
    _quote(line)


def _takes_back(story: Story, person: Caller, doctor: Caller, pid: str, rpps: str) -> None:
    taken = person.request("DELETE", f"/v1/patients/{pid}/authorisations/{rpps}")
    story.expect("The person takes the authorisation back", taken, 204)
    refused = doctor.request("GET", f"/v1/patients/{pid}/documents")
    story.expect("The doctor's next request is refused", refused, 404)
    line = _line(story, person, pid, outcome="refused", action=LISTED)
    story.require("The person sees the refusal in her history", line)
    _quote(line)


def _line(
    story: Story,
    person: Caller,
    pid: str,
    *,
    outcome: str,
    action: str,
    document_id: str | None = None,
) -> dict[str, Any] | None:
    """Find what the doctor did in this story: a line of a former one does not count."""
    reply = person.request("GET", f"/v1/patients/{pid}/trace?others=true&outcome={outcome}")
    wanted = ("professional", outcome, action, document_id)
    doctor = personas()[DOCTOR]["claims"]["family_name"]
    for line in reply.json()["items"]:
        about = line["document"]["id"] if line["document"] else None
        found = (line["actor"]["kind"], line["outcome"], line["action"], about)
        is_hers = line["actor"]["name"].endswith(doctor) and line["label"] and line["right"]
        if is_hers and found == wanted and datetime.fromisoformat(line["last_at"]) >= story.began:
            return dict(line)
    return None


def _quote(line: dict[str, Any] | None) -> None:
    if line:
        about = f" « {line['document']['title']} »" if line["document"] else ""
        print(f"      {line['actor']['name']} {line['label']}{about}. {line['right']}")


if __name__ == "__main__":
    sys.exit(main())
