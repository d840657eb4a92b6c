"""Run an operator's command on the product that runs here.

make operator ARGS="show-client CLIENT_ID"
"""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from urllib.parse import urlsplit

from infra.local import config, deploy
from infra.operator import NOT_SET_UP


def main(arguments: list[str]) -> int:
    """Run the command in the environment of the running product; return its exit status.

    It has the rights of the local cloud's administrator: the template gives the operator no role.
    """
    asked = config.from_environment()
    try:
        running = json.loads(asked.run_file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        print("Carnet is not running: start it with make run", file=sys.stderr)
        return NOT_SET_UP
    here = dataclasses.replace(asked, port=urlsplit(running["url"]).port or asked.port)
    env = {**os.environ, **deploy.operator_environment(here)}
    command = [sys.executable, "-m", "infra.operator", *arguments]
    return subprocess.run(command, cwd=config.ROOT, env=env, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
