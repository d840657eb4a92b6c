"""What reads strangers' bytes: the kept corpus, and a short run that its branches guide."""

import importlib.util
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from chalicelib.storage.inspect import Kind, inspect
from chalicelib.storage.refusals import Refused
from chalicelib.vault import blind
from fuzz import targets
from fuzz.targets import CORPUS, TARGETS

# As many inputs as some two seconds take.
RUNS = {
    "json": 10_000,
    "xml": 20_000,
    "cda": 4_000,
    "file": 1_000,
    "opaque": 20_000,
    "calendar": 1_500,
    "fhir": 4_000,
}


@pytest.fixture(autouse=True)
def _own_secret() -> None:
    blind.forget()
    targets.prepare()


@pytest.mark.parametrize("name", TARGETS)
def test_every_kept_input_is_read_or_refused_as_declared(name: str) -> None:
    kept = sorted((CORPUS / name).iterdir())
    assert kept
    for file in kept:
        TARGETS[name].run(file.read_bytes())


def test_every_reader_of_files_is_entered_by_a_kept_input() -> None:
    read = set[Kind]()
    for file in (CORPUS / "file").iterdir():
        with suppress(Refused):
            read.add(inspect(file.read_bytes(), None).kind)
    assert read == {*Kind} - {Kind.CDA}  # whose corpus is its own


def test_the_corpus_is_small() -> None:
    sizes = [file.stat().st_size for file in CORPUS.rglob("*") if file.is_file()]
    assert len(sizes) < 120
    assert sum(sizes) < 300_000


@pytest.mark.parametrize(
    ("module", "name", "broken"),
    [
        ("body_gate", "parse", lambda raw: raw.decode("latin-1")),
        ("xml_gate", "parse", lambda raw: raw.decode()),
        ("ical", "one", lambda _: b"BEGIN:VCALENDAR\r\n" + b"x" * 80 + b"\r\n"),
        ("tokens", "read_link", lambda text: text.encode("ascii")),
    ],
)
def test_a_reader_that_breaks_its_promise_is_found(
    monkeypatch: pytest.MonkeyPatch, module: str, name: str, broken: Callable[[object], object]
) -> None:
    monkeypatch.setattr(getattr(targets, module), name, broken)
    raw = {"calendar": b"Titre", "json": b"[NaN"}
    found = []
    for target, one in TARGETS.items():
        try:
            one.run(raw.get(target, b"\xff"))
        except Exception as fault:  # noqa: BLE001  any is a finding
            found.append(fault)
    assert found


@pytest.mark.slow
@pytest.mark.skipif(
    not importlib.util.find_spec("atheris"), reason="atheris is for Linux on x86-64"
)
@pytest.mark.parametrize("name", TARGETS)
def test_no_byte_breaks_a_reader(name: str, tmp_path: Path) -> None:
    # A process begins with the greatest memory of who started it, which libFuzzer takes for its
    # own: a shell between them has little.
    shell = ["sh", "-c", '"$@"; exit $?', "sh"]
    command = [*shell, sys.executable, "-m", "fuzz.guided", name, "--found", str(tmp_path)]
    done = subprocess.run(
        [*command, "-seed=1", f"-runs={RUNS[name]}"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-4000:]
    assert f"Done {RUNS[name]} runs" in done.stderr
