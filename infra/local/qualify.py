"""Qualify the endpoints of the environment, or the local cloud of the product that runs here."""

from __future__ import annotations

import os
import subprocess
import sys

from infra.local import config, deploy, running


def main() -> int:
    """Run the qualification; return its exit status."""
    env = dict(os.environ)
    if not any(name.startswith("AWS_ENDPOINT_URL") for name in env):
        try:
            here = running.found(config.from_environment())
        except ValueError as error:
            print(error, file=sys.stderr)
            return 2
        if here is None:
            said = "set AWS_ENDPOINT_URL, or start Carnet with make run to qualify its local cloud"
            print(said, file=sys.stderr)
            return 2
        env |= deploy.administrator(here)
    print(f"On {env.get('AWS_ENDPOINT_URL', 'the endpoints of the environment')}")
    command = [sys.executable, "-m", "infra.qualify"]
    return subprocess.run(command, cwd=config.ROOT, env=env, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
