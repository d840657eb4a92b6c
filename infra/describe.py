"""Write `docs/openapi.json` from the declared routes: `python -m infra.describe`.

A test compares the file with what the application serves.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Final

from infra import template

COMMITTED: Final = Path(__file__).absolute().parent.parent / "docs" / "openapi.json"


def main() -> int:
    """Import the application, whose settings want names, and write its description."""
    for name in template.COMMON_ENVIRONMENT:
        os.environ.setdefault(name, "describing")
    os.environ.setdefault("AWS_DEFAULT_REGION", "eu-west-3")
    import_module("app")
    text = import_module("chalicelib.http.openapi").text()
    COMMITTED.write_text(text, encoding="utf-8")
    sys.stdout.write(f"{COMMITTED.name}: {len(text)} characters\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
