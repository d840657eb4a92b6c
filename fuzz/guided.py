"""Run one target on bytes that its branches guide: `python -m fuzz.guided cda -max_total_time=60`.

The rest of the line is of libFuzzer. It begins with the kept corpus; what it finds new goes to the
folder given with `--found`, an input that breaks the target to `test-artifacts/fuzz-<target>-*`.
"""

import tests.environment  # noqa: F401, I001  before anything of the product

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Final

import atheris

ARTIFACTS: Final = Path("test-artifacts")
_SECONDS: Final = 10  # one input: milliseconds, on a machine that does nothing else
_RESIDENT_MIB: Final = 768


def main() -> None:
    """Fuzz until a bound of libFuzzer's is met; after a fault, the exit code is not 0."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("target")
    parser.add_argument("--found", type=Path)
    chosen, of_library = parser.parse_known_args()
    with atheris.instrument_imports(include=["chalicelib"]):
        from fuzz import targets  # noqa: PLC0415  what it imports is instrumented
    targets.prepare()
    target = targets.TARGETS[chosen.target]
    found = chosen.found or Path(tempfile.mkdtemp(prefix="carnet-fuzz-"))
    ARTIFACTS.mkdir(exist_ok=True)
    options = [
        f"-max_len={target.most_bytes}",
        f"-timeout={_SECONDS}",
        f"-rss_limit_mb={_RESIDENT_MIB}",
        f"-artifact_prefix={ARTIFACTS}/fuzz-{chosen.target}-",
        *of_library,
    ]
    folders = [str(found), str(targets.CORPUS / chosen.target)]
    atheris.Setup([sys.argv[0], *options, *folders], target.run)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
