"""Each worker is a function of its own, named as the template expects, free of the application."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from chalice.app import Chalice

from chalicelib.workers import archive, notify, relay, sweep
from infra.functions import ARCHIVE, NOTIFY, RELAY, SWEEP, Function
from tests.workers.lambda_events import from_queue

WORKERS = {
    RELAY: relay.blueprint,
    NOTIFY: notify.blueprint,
    SWEEP: sweep.blueprint,
    ARCHIVE: archive.blueprint,
}


@pytest.mark.parametrize("function", WORKERS, ids=lambda function: function.name)
def test_the_handler_is_the_module_and_function_of_its_name(function: Function) -> None:
    app = Chalice("workers")
    app.register_blueprint(WORKERS[function])
    (source,) = app.event_sources
    assert source.name == function.name
    assert source.handler_string == f"chalicelib.workers.{function.name}.{function.name}"


def test_each_worker_is_imported_without_the_application() -> None:
    program = (
        "import sys\n"
        "from chalicelib.workers import archive, notify, relay, sweep\n"
        "loaded = {'app', 'aws_encryption_sdk'} & set(sys.modules)\n"
        "assert not loaded, loaded\n"
        "print(callable(archive.archive), callable(notify.notify), callable(relay.relay),"
        " callable(sweep.sweep))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
        env=dict(os.environ),
    )
    assert (done.returncode, done.stdout) == (0, "True True True True\n"), done.stderr


def test_nothing_of_a_message_is_logged(capsys: pytest.CaptureFixture[str]) -> None:
    notify.notify(from_queue('{"title": "Sérologie VIH de Camille"}'), None)
    logged = capsys.readouterr().out
    assert "record failed" in logged
    assert not any(word in logged for word in ("Sérologie", "S\\u00e9rologie", "Camille"))
