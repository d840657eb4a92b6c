"""The `fhirclient` of npm as its authors publish it, for a page of the tests to load.

python -m tests.clients.npm_client
"""

from typing import Final

from infra.local import tools
from infra.local.config import ROOT

VERSION: Final = "2.6.3"
SHA512: Final = (
    "CirZixcwWelbkIXxpxlNQx5+ZdJirl6F1s4y4yvA1X7hHAkr9n99aVHaMi0wX+97nATjKQ65X6NB5as/wZoJzg=="
)
MEMBER: Final = "package/build/fhir-client.pure.min.js"
SCRIPT: Final = ROOT / ".venv-web" / "fhir-client.pure.min.js"

if __name__ == "__main__":
    tools.file_of_npm(f"fhirclient@{VERSION}", SHA512, MEMBER, SCRIPT)
