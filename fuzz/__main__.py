"""Fuzz: every operation of the running product, then every target of bytes: `make fuzz`.

    make fuzz ARGS="--examples 20 --seconds 600 --seed 7"
    make fuzz ARGS="--only bytes --each 120"

The product is one of `make run`, whose data are spoilt by it. A fault is printed with the request
that shows it, or the file of the input; the exit code says whether there was one.
"""

import tests.environment  # noqa: F401, I001  before anything of the product

import argparse
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from typing import Final

from fuzz import running
from fuzz.exchanges import Findings, Fuzzer, curl
from infra.describe import COMMITTED
from infra.local import config
from infra.local import running as launched

TARGETS: Final = ("json", "xml", "cda", "file", "opaque", "calendar", "fhir")


def main() -> int:
    """Fuzz, print what was seen; return 0 if nothing is wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m fuzz",
        description=(__doc__ or "").splitlines()[0],
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("--only", choices=("interface", "bytes"), help="one of the two parts")
    parser.add_argument("--seed", type=int, default=1, help="the same seed draws the same")
    parser.add_argument("--examples", type=int, default=6, help="per operation, good and bad each")
    parser.add_argument("--seconds", type=int, default=600, help="of the interface, at most")
    parser.add_argument("--each", type=int, default=30, help="seconds of each target of bytes")
    chosen = parser.parse_args()
    is_sound = True
    if chosen.only != "bytes":
        is_sound = _interface(chosen.seed, chosen.examples, chosen.seconds)
    if chosen.only != "interface":
        for name in TARGETS:
            is_sound = _bytes(name, chosen.seed, chosen.each) and is_sound
    return 0 if is_sound else 1


def _interface(number: int, examples: int, seconds: float) -> bool:
    wanted = config.from_environment()
    product = launched.found(wanted)
    if product is None:
        print(f"Carnet does not run from {wanted.state}: start it with `make run`", file=sys.stderr)
        return False
    document = json.loads(COMMITTED.read_text(encoding="utf-8"))
    print(f"Seed {number}, {examples} good and {examples} bad requests each, on {product.url}")
    found = Fuzzer(document, running.world(product), number=number).run(examples, seconds)
    _print(found)
    for (operation, fault), sent in found.faults.items():
        print(f"\nFAULT {operation}: {fault}\n  {curl(sent, product.url)}")
    return not found.faults


def _print(found: Findings) -> None:
    for operation, statuses in found.statuses.items():
        print(f"{operation:84} {statuses.total():5}  {_told(statuses)}")
    print()
    for who, statuses in sorted(found.callers.items()):
        print(f"{who:12} {statuses.total():5}  {_told(statuses)}  {_shares(statuses)}")
    total = found.total
    print(f"{'all':12} {total.total():5}  {_told(total)}  {_shares(total)}")
    print(f"{len(found.statuses)} operations asked, {len(found.faults)} faults")


def _told(statuses: Mapping[int, int]) -> str:
    return " ".join(f"{status}×{count}" for status, count in sorted(statuses.items()))


def _shares(statuses: Counter[int]) -> str:
    """Say how much was done, refused, or only put off."""
    done = sum(count for status, count in statuses.items() if status < 400)  # noqa: PLR2004  refusals begin there
    late = statuses[429]
    total = max(1, statuses.total())
    return f"[done {done / total:.0%}, put off {late / total:.0%}]"


def _bytes(name: str, number: int, seconds: int) -> bool:
    command = [sys.executable, "-m", "fuzz.guided", name]
    bounds = [f"-seed={number}", f"-max_total_time={seconds}"]
    done = subprocess.run([*command, *bounds], capture_output=True, text=True, check=False)
    lines = done.stderr.splitlines()
    if done.returncode == 0:
        print(f"{name:10} {next(line for line in lines if line.startswith('Done '))}", flush=True)
        return True
    start = next((n for n, line in enumerate(lines) if "===" in line or "ERROR" in line), 0)
    print("\n".join([f"FAULT {name}", *lines[start:]]), flush=True)
    return False


if __name__ == "__main__":
    sys.exit(main())
