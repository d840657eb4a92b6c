"""The whole story on the running product, and again after the death of any of its processes."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local import config
from infra.local.client import Caller
from tests.contracts.markers import forms
from tests.record.cda.samples import MISSING, REFERENCE
from tests.stack import Stack

pytestmark = [pytest.mark.cloud, pytest.mark.xdist_group("kills")]

PROCESSES = ("cloud", "front", "providers", "launcher")
FUNCTIONS = ("api", "authorize", "relay", "notify", "functions")
SECONDS = 120
OFFICIAL = REFERENCE / "cda" / "BIO-CR-BIO_2024.01_TSH_1.xml"
DOCTOR = "99700218896"
# Of the person and her document; the doctor's name is public, and shows that words are found.
PUBLIC = "EXEMPLE-MARTIN"
WORDS = ("PAT-TROIS", "DOMINIQUE", "279035121518989", "Thyréostimuline", PUBLIC)


def play(stack: Stack, *arguments: str, **settings: str) -> str:
    """Play the story as `make journey` does, and return what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "infra.local.journey", *arguments],
        cwd=config.ROOT,
        env=stack.environment() | settings,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr + stack.tail()
    return done.stdout


@pytest.mark.skipif(not OFFICIAL.is_file(), reason=MISSING)
def test_the_story_goes_as_told_with_an_official_document(stack: Stack) -> None:
    assert "all as told" in play(stack, "--document", str(OFFICIAL))


def test_the_story_finds_the_product_whatever_port_it_took(stack: Stack) -> None:
    told = play(stack, CARNET_PORT=str(stack.config.port + 10))

    assert f"On {stack.url};" in told
    assert "all as told" in told


def test_the_story_gives_the_doctor_back_the_authorisation_it_set_aside(stack: Stack) -> None:
    person = Caller(stack.url)
    person.log_in("franceconnect", "dominique")
    pid = person.request("GET", "/v1/me").json()["profiles"][0]["patient_id"]
    path = f"/v1/patients/{pid}/authorisations"
    assert person.request("PUT", f"{path}/{DOCTOR}", json_body={}).status == 201

    told = play(stack)

    listed = person.request("GET", path).json()["items"]
    assert person.request("DELETE", f"{path}/{DOCTOR}").status == 204
    assert "set aside until the end" in told
    assert {one["rpps"]: one["status"] for one in listed}[DOCTOR] == "active"


def test_nothing_of_the_story_is_in_clear_on_the_disk(stack: Stack) -> None:
    play(stack)

    found = {word for path in _written(stack) for word in WORDS if _holds(path, word)}

    assert found == {PUBLIC}


def _written(stack: Stack) -> Iterator[Path]:
    """Give what the product wrote while it ran: its code, in which there are examples, apart."""
    code = {stack.config.state / name for name in ("package", "tmp", "cloud/functions")}
    for folder, names, files in os.walk(stack.config.state):
        names[:] = [name for name in names if Path(folder, name) not in code]
        yield from (Path(folder, name) for name in files)


def _holds(path: Path, word: str) -> bool:
    written = path.read_bytes()
    return any(form in written for form in forms(word).values())


@pytest.mark.parametrize("name", PROCESSES + FUNCTIONS)
def test_the_story_goes_as_told_after_the_death_of_a_process(stack: Stack, name: str) -> None:
    if not stack.runs(name):
        play(stack)  # a function runs from the first thing that concerns it
    stack.kill(name)
    if name == "launcher":
        stack.start()
    stack.wait_until_ready()

    assert "all as told" in play(stack)
