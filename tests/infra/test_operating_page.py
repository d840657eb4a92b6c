"""The operator's page: its commands are those there are, its names those the template gives."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from chalicelib.core import tables
from infra import operator, template
from infra.functions import FUNCTIONS

PAGES = {name: Path("docs", name).read_text(encoding="utf-8") for name in
         ("operating.md", "depositing.md")}  # fmt: skip
PAGE = PAGES["operating.md"]
COMMANDS = re.findall(r"python -m infra\.operator ([a-z][^`#\n]*)", "\n".join(PAGES.values()))
RESTORED = "-restored"


@pytest.mark.parametrize("command", sorted(set(COMMANDS)))
def test_every_command_of_the_pages_is_one(command: str) -> None:
    words = command.replace('"Laboratoire Exemple"', "NAME").split()

    assert operator._parser().parse_args(words).command == words[0]


def test_every_command_is_on_the_page() -> None:
    parser = operator._parser()
    (commands,) = [action.choices for action in parser._actions if action.dest == "command"]
    assert commands

    assert [name for name in commands if name not in PAGE] == []


def test_every_name_of_the_page_is_given_by_the_template() -> None:
    named = {name.removesuffix(RESTORED) for name in re.findall(r"\$PREFIX-([a-z-]+)", PAGE)}
    queues = template.queue_resources().values()
    given = {
        *(table.name for table in tables.TABLES),
        *(function.physical_suffix for function in FUNCTIONS),
        *(q["Properties"]["QueueName"]["Fn::Sub"].removeprefix("${Prefix}-") for q in queues),
    }

    assert named
    assert named <= given


def test_every_variable_of_the_page_s_commands_is_a_setting() -> None:
    used = set(re.findall(r"\$([A-Z_]{4,})", PAGE)) - {"PREFIX"}
    everywhere = set(template.COMMON_ENVIRONMENT)

    assert used
    assert used <= everywhere


def test_every_link_inside_the_page_leads_to_a_heading() -> None:
    headings = {
        heading.lower().replace(" ", "-").replace(",", "")
        for heading in re.findall(r"^#+ (.+)$", PAGE, re.MULTILINE)
    }

    links = set(re.findall(r"\]\(#([^)]+)\)", PAGE))
    assert links
    assert links <= headings


ANSWERS = """#!/bin/sh
test "$1" = sts && test -n "$ANSWER" && echo "$ANSWER" && echo "$*" >&2
test "$1" = cloudformation && echo "arn:aws:iam::1:role/of-$6"
true
"""


def _become(tmp_path: Path, answer: str) -> subprocess.CompletedProcess[str]:
    """Run the page's own function in a shell whose `aws` is a double."""
    (function,) = re.findall(r"^become\(\) \{.*?; \}$", PAGE, re.MULTILINE | re.DOTALL)
    stub = tmp_path / "aws"
    stub.write_text(ANSWERS, encoding="utf-8")
    stub.chmod(0o755)
    shown = 'echo "$AWS_ACCESS_KEY_ID/$AWS_SECRET_ACCESS_KEY/$AWS_SESSION_TOKEN"'
    return subprocess.run(
        ["bash", "-c", f"{function}\nstack=carnet; become Software && {shown}"],
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}", "ANSWER": answer},
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_operator_becomes_the_role_he_asks_for(tmp_path: Path) -> None:
    done = _become(tmp_path, "KEY\tSECRET\tTOKEN+/=")

    assert done.stdout == "KEY/SECRET/TOKEN+/=\n"
    assert "--role-arn arn:aws:iam::1:role/of-" in done.stderr
    assert "OutputKey=='OperatorSoftwareRoleArn'" in done.stderr


def test_an_operator_who_is_refused_a_role_goes_on_as_he_was(tmp_path: Path) -> None:
    done = _become(tmp_path, "")

    assert (done.returncode != 0, done.stdout) == (True, "")
