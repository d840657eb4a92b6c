"""Operator command: seal the traces of a record whose stream records are in the dead letters.

    python -m chalicelib.workers.reseal <patient id> …

It is safe at any time: a trace has one place, whoever asks. It repairs a loss, not an attack: a
sequence whose rows were removed stays as it is, and its verification keeps failing.
"""

import sys
from collections.abc import Sequence

from chalicelib.audit import seal
from chalicelib.core import log


def main(patients: Sequence[str]) -> int:
    """Seal what waits in each record; only counts are written."""
    for pid in patients:
        log.write("resealed", patient=pid, count=seal.catch_up(pid))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
