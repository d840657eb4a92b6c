"""List the functions of the product, once, for the template, the policies and the checks.

`.chalice/config.json` names the policy file, memory and time-out of each one; a test compares it
with this list. Handlers come from the code's own decorators and are not repeated here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from chalicelib.core import tables


@dataclass(frozen=True, slots=True)
class Function:
    """One function: its name in the code and its logical id in the template."""

    name: str
    logical_id: str
    stream: tables.Table | None = None
    dead_letters: bool = False

    @property
    def policy_file(self) -> str:
        """Name its policy file inside `.chalice/`."""
        return f"policy-{self.name.removesuffix('_handler')}.json"

    @property
    def physical_suffix(self) -> str:
        """Name it after the installation's prefix."""
        return self.name.removesuffix("_handler")


API: Final = Function("api_handler", "APIHandler")
AUTHORIZE: Final = Function("authorize", "Authorize")
RELAY: Final = Function("relay", "Relay", stream=tables.WORK, dead_letters=True)
# Their dead letters are those of the queue they read, not their own.
NOTIFY: Final = Function("notify", "Notify")
INGEST: Final = Function("ingest", "Ingest")
PLAN: Final = Function("plan", "Plan", dead_letters=True)
REMIND: Final = Function("remind", "Remind")
SWEEP: Final = Function("sweep", "Sweep", dead_letters=True)
ARCHIVE: Final = Function("archive", "Archive", stream=tables.AUDIT, dead_letters=True)

FUNCTIONS: Final = (API, AUTHORIZE, RELAY, NOTIFY, INGEST, PLAN, REMIND, SWEEP, ARCHIVE)
# What each could not do goes to `<prefix>-<name>-dead`.
WITH_DEAD_LETTERS: Final = (RELAY, NOTIFY, INGEST, PLAN, REMIND, SWEEP, ARCHIVE)
