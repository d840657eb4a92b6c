"""The whole story on the running product, and again after the death of any of its processes."""

import subprocess
import sys

import pytest

from infra.local import config
from tests.stack import Stack

pytestmark = pytest.mark.cloud

PROCESSES = ("cloud", "front", "providers", "launcher")
SECONDS = 120


def play(stack: Stack) -> str:
    """Play the story as `make journey` does, and return what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "infra.local.journey"],
        cwd=config.ROOT,
        env=stack.environment(),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr + stack.tail()
    return done.stdout


def test_the_story_goes_as_told(stack: Stack) -> None:
    assert "all as told" in play(stack)


@pytest.mark.parametrize("name", PROCESSES)
def test_the_story_goes_as_told_after_the_death_of_a_process(stack: Stack, name: str) -> None:
    stack.kill(name)
    if name == "launcher":
        stack.start()
    stack.wait_until_ready()

    assert "all as told" in play(stack)
