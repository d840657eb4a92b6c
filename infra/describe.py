"""Write `docs/openapi.json` and `docs/access-policy.md` from the code: `python -m infra.describe`.

Tests compare the files with the declared routes and with what the policy decides.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Final

from infra import template

_DOCS: Final = Path(__file__).absolute().parent.parent / "docs"
COMMITTED: Final = _DOCS / "openapi.json"
ACCESS_PAGE: Final = _DOCS / "access-policy.md"


def main() -> int:
    """Import the application, whose settings want names, and write its descriptions."""
    for name in template.COMMON_ENVIRONMENT:
        os.environ.setdefault(name, "describing")
    os.environ.setdefault("AWS_DEFAULT_REGION", "eu-west-3")
    import_module("app")
    made = {COMMITTED: "chalicelib.http.openapi", ACCESS_PAGE: "infra.access_page"}
    for path, module in made.items():
        text = import_module(module).text()
        path.write_text(text, encoding="utf-8")
        sys.stdout.write(f"{path.name}: {len(text)} characters\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
