"""Run an operator's command on the product that runs here.

make operator ARGS="show-client CLIENT_ID"
"""

from __future__ import annotations

import os
import subprocess
import sys

from botocore.exceptions import BotoCoreError, ClientError

from infra import operator_roles
from infra.local import config, deploy, running
from infra.operator import HOST, NOT_SET_UP


def main(arguments: list[str]) -> int:
    """Run the command in the environment of the running product; return its exit status.

    It has the rights of its own group of commands (`infra/operator_roles.py`), and no others.
    """
    try:
        here = running.found(config.from_environment())
    except ValueError as error:
        print(error, file=sys.stderr)
        return NOT_SET_UP
    if here is None:
        print("Carnet is not running: start it with make run", file=sys.stderr)
        return NOT_SET_UP
    env = {**os.environ, **deploy.operator_environment(here)}
    role = operator_roles.role_of(arguments[0]) if arguments else None
    if role is not None:
        try:
            env |= deploy.operator_credentials(here, deploy.outputs(here)[role.output])
        except (KeyError, ClientError, BotoCoreError) as error:
            print(f"no role for {arguments[0]}: {error!r}; make stop, make run", file=sys.stderr)
            return HOST
    command = [sys.executable, "-m", "infra.operator", *arguments]
    return subprocess.run(command, cwd=config.ROOT, env=env, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
