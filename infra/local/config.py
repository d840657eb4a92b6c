"""Where the running product keeps its state, and on which loopback ports it listens."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).absolute().parent.parent.parent
DEFAULT_PORT: Final = 8080
USUAL_STATE: Final = ROOT / ".state"
# Below, a port is the administrator's; above, the two that follow would not exist.
PORTS: Final = range(1024, 2**16 - 2)
ACCOUNT: Final = "000000000000"
REGION: Final = "eu-west-3"
# The administrator of the local cloud: fictitious data, on the loopback only.
ACCESS_KEY: Final = "test"
SECRET_KEY: Final = "test"  # noqa: S105  MiniStack's own default

# Our secrets at the sandbox providers, which run on this machine only.
PROVIDER_SECRETS: Final = {
    "franceconnect": "bac-a-sable-franceconnect-sans-valeur",
    "psc": "bac-a-sable-psc-sans-valeur",
    "proconnect": "bac-a-sable-proconnect-sans-valeur",
    "operator": "bac-a-sable-exploitant-sans-valeur",
}


@dataclass(frozen=True, slots=True)
class Config:
    """One running product: three neighbouring ports and a folder."""

    port: int
    state: Path

    @property
    def url(self) -> str:
        """Return the one address people use."""
        return f"http://localhost:{self.port}"

    @property
    def cloud_port(self) -> int:
        """Return the port of the local cloud."""
        return self.port + 1

    @property
    def cloud_url(self) -> str:
        """Return what `AWS_ENDPOINT_URL` must be."""
        return f"http://127.0.0.1:{self.cloud_port}"

    @property
    def providers_port(self) -> int:
        """Return the port of the sandbox identity providers."""
        return self.port + 2

    @property
    def providers_url(self) -> str:
        """Return the origin of the sandbox identity providers."""
        return f"http://localhost:{self.providers_port}"

    @property
    def ports(self) -> tuple[int, int, int]:
        """Return every port that must be free."""
        return (self.port, self.cloud_port, self.providers_port)

    @property
    def stack_file(self) -> Path:
        """Name the file that says what is deployed."""
        return self.state / "stack.json"

    @property
    def applications(self) -> Path:
        """Return where each application that can run here finds who it is."""
        return self.state / "applications"

    @property
    def run_file(self) -> Path:
        """Name the file that says what is running."""
        return self.state / "run.json"

    @property
    def made_for(self) -> int | None:
        """Return the port that the data of the folder were made for, None before there are any.

        The address of their identity provider is part of people's accounts, and holds the port.
        """
        try:
            deployed = json.loads(self.stack_file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        return int(deployed["parameters"]["PublicBaseUrl"].rpartition(":")[2])


def from_environment() -> Config:
    """Read `CARNET_STATE` and `CARNET_PORT`, which is by default the port the data were made for.

    Raises:
        ValueError: no product can listen there; the message says why.
    """
    state = Path(os.environ.get("CARNET_STATE") or USUAL_STATE).absolute()
    usual = Config(DEFAULT_PORT, state).made_for or DEFAULT_PORT
    said = os.environ.get("CARNET_PORT") or str(usual)
    if not (said.isascii() and said.isdecimal() and int(said) in PORTS):
        raise ValueError(
            f"CARNET_PORT is “{said}”: it must be a number from {PORTS[0]} to {PORTS[-1]}, "
            "the first of three ports in a row."
        )
    return Config(int(said), state)
