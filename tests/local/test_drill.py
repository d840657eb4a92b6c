"""The drill empties tables: those of a product of its own, unless one was named."""

import os
import subprocess

import pytest

from infra.local import config, drill


@pytest.mark.parametrize("said", [{}, {"CARNET_STATE": "", "CARNET_PORT": ""}])
def test_with_nothing_said_it_is_on_a_product_of_its_own(said: dict[str, str]) -> None:
    variables = dict(said)

    drill.keep_apart(variables)

    assert variables == {"CARNET_STATE": str(drill.STATE), "CARNET_PORT": drill.PORT}
    assert drill.STATE != config.USUAL_STATE


def test_a_product_that_is_named_keeps_its_place() -> None:
    variables = {"CARNET_STATE": "/elsewhere", "CARNET_PORT": ""}

    drill.keep_apart(variables)

    assert variables == {"CARNET_STATE": "/elsewhere", "CARNET_PORT": ""}


def test_make_gives_what_is_not_said_as_nothing() -> None:
    """Why nothing is not the same as not there: `setdefault` took the product of the machine."""
    silent = {name: said for name, said in os.environ.items() if not name.startswith("CARNET_")}
    asked = "include Makefile\nsaid:\n\t@env | grep CARNET_STATE"

    told = subprocess.run(
        ["make", "-s", "-f", "-", "said"],
        input=asked,
        cwd=config.ROOT,
        env=silent,
        capture_output=True,
        text=True,
        check=True,
    )

    assert told.stdout == "CARNET_STATE=\n"
