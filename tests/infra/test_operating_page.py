"""The operator's page: its commands are those there are, its names those the template gives."""

import re
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
