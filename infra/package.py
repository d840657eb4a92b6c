"""Package the product: policies, then Chalice with our template merged in.

`python -m infra.package prod` builds, lints and checks what production deploys. The package is
a folder with `sam.json` and `deployment.zip`.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Final

from infra import checks, policies, template
from infra.lock import alone

ROOT: Final = Path(__file__).absolute().parent.parent
REGION: Final = "eu-west-3"
# Chalice keeps here each archive it made, by the digest of what is in it, and takes it again.
ARCHIVES: Final = ROOT / ".chalice" / "deployments"
KEPT_ARCHIVES: Final = 4
_AWS: Final = {"AWS_DEFAULT_REGION": REGION}


def host_stage() -> str:
    """Name the local stage whose libraries this machine's processor can load."""
    return "local-arm64" if platform.machine() in {"aarch64", "arm64"} else "local"


def build(stage: str, out: Path) -> None:
    """Build the package of a stage into a folder, replacing what was there.

    Raises:
        subprocess.CalledProcessError: Chalice failed; its output is on the terminal.
    """
    with alone(ARCHIVES / "lock"):  # Chalice writes its archives in place
        discard(ARCHIVES)
        policies.write(ROOT / ".chalice")
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir(parents=True)
        _package(stage, out)


def discard(archives: Path) -> None:
    """Delete the archives nobody finished, which Chalice would deploy, and the oldest ones."""
    found = sorted(archives.glob("*.zip"), key=lambda path: path.stat().st_mtime, reverse=True)
    whole = [path for path in found if zipfile.is_zipfile(path)]
    for path in {*found} - {*whole[:KEPT_ARCHIVES]}:
        path.unlink()


def _package(stage: str, out: Path) -> None:
    merge = out / "merge.json"
    merge.write_text(json.dumps(template.merge_template(stage)), encoding="utf-8")
    subprocess.run(
        [
            *(_tool("chalice"), "package"),
            *("--stage", stage, "--pkg-format", "cloudformation"),
            *("--merge-template", str(merge), str(out)),
        ],
        cwd=ROOT,
        check=True,
        stdout=subprocess.DEVNULL,
        # Chalice imports the application, whose settings want names; the template has the values.
        env={**os.environ, **dict.fromkeys(template.COMMON_ENVIRONMENT, "packaging"), **_AWS},
    )


def _tool(name: str) -> str:
    """Find a command beside this interpreter."""
    return str(Path(sys.executable).with_name(name))


def lint(out: Path) -> None:
    """Run cfn-lint on the packaged template.

    Raises:
        subprocess.CalledProcessError: it found something; its output is on the terminal.
    """
    command = [_tool("cfn-lint"), "-r", REGION, "-t", str(out / "sam.json")]
    subprocess.run(command, check=True)


def main(stage: str) -> int:
    """Build a stage, lint and check it; return the exit status."""
    out = ROOT / "build" / stage
    build(stage, out)
    lint(out)
    # Another processor's libraries cannot be loaded here: import from this machine's build.
    loadable = out
    if stage != host_stage():
        loadable = ROOT / "build" / host_stage()
        build(host_stage(), loadable)
    faults = [*checks.template_faults(out), *checks.library_faults(out)]
    report, import_faults = checks.import_report(loadable)
    print(report)
    for fault in (*faults, *import_faults):
        print(f"FAULT {fault}", file=sys.stderr)
    print(f"{out.relative_to(ROOT)}: {(out / 'deployment.zip').stat().st_size / 1e6:.1f} MB")
    return 1 if faults or import_faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
