"""Habits that hold because a test reads the code: one clock, one environment, nothing unused."""

import ast
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest

from chalicelib.core import events, ids
from chalicelib.core.events import EventType
from chalicelib.notifications import rules
from infra import template

ROOT = Path(__file__).parents[2]
PRODUCT = sorted((ROOT / "chalicelib").rglob("*.py"))
OURS = [
    path
    for folder in ("chalicelib", "infra", "bench", "fuzz", "tests", "tools")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if "node_modules" not in path.parts and not any(p.startswith(".") for p in path.parts)
]
# What a host starts by name.
ENTRY_POINTS = {"chalicelib.runtime.wsgi"}
# Set by the platform or the SDK, not by us.
OF_THE_PLATFORM = {"AWS_REGION", "AWS_DEFAULT_REGION", "STAGE"}


def module(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@dataclass(slots=True)
class Said:
    """What the code of a file says: all that these tests ask of it."""

    modules: set[str] = field(default_factory=set)  # by `import`
    others: set[str] = field(default_factory=set)  # by `from`, or by name in a text
    names: set[str] = field(default_factory=set)  # dotted, such as `datetime.now`

    @property
    def imported(self) -> set[str]:
        """Every module the file may import, functions that import by name included."""
        return self.modules | self.others


@cache
def said(path: Path) -> Said:
    found = Said()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.modules.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.others.add(node.module)
            found.others.update(f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.others.add(node.value)
        elif (name := dotted(node)) is not None:
            found.names.add(name)
    return found


def dotted(node: ast.AST) -> str | None:
    """Return the dotted name that a node is; of an attribute of anything else, its end."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value) or ''}.{node.attr}"
    return None


def test_only_the_settings_read_the_environment() -> None:
    readers = {
        module(path)
        for path in PRODUCT
        if said(path).names & {"os.environ", "os.getenv"} or "os.environ" in said(path).imported
    }
    assert readers == {"chalicelib.core.settings"}


def test_every_variable_read_is_declared_in_the_template() -> None:
    text = (ROOT / "chalicelib" / "core" / "settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r'"([A-Z][A-Z0-9_]{3,})"', text))
    declared = {
        name
        for group in (
            template.COMMON_ENVIRONMENT,
            template.MAIL_ENVIRONMENT,
            template.LOGIN_ENVIRONMENT,
            template.SCAN_ENVIRONMENT,
        )
        for name in group
    }
    assert "CARNET_PREFIX" in read
    providers = {"FRANCECONNECT", "PSC", "PROCONNECT", "OPERATOR"}
    plain = {name for name in read if name not in providers}
    assert plain <= declared | OF_THE_PLATFORM
    assert {f"OIDC_{p}_ISSUER" for p in providers} <= declared


def test_only_the_clock_tells_the_time() -> None:
    telling = {"datetime.now", "datetime.utcnow", "date.today", "time.time", "datetime.today"}
    readers = {module(path) for path in PRODUCT if said(path).names & telling}
    assert readers == {"chalicelib.core.clock"}


def test_only_the_ids_draw_at_random() -> None:
    drawers = {
        module(path) for path in PRODUCT if said(path).modules & {"secrets", "random", "uuid"}
    }
    assert drawers == {"chalicelib.core.ids"}


def test_no_table_is_scanned() -> None:
    for path in PRODUCT:
        called = {name.rsplit(".", 1)[-1] for name in said(path).names}
        assert "scan" not in called, path


def is_started(path: Path) -> bool:
    """Tell whether a file is a test, a command, or something a tool finds by its name."""
    text = path.read_text(encoding="utf-8")
    return (
        path.name.startswith("test_")
        or path.name in {"conftest.py", "__init__.py", "__main__.py"}
        or '__name__ == "__main__"' in text
        or module(path) in ENTRY_POINTS
    )


def test_every_file_has_an_importer_or_is_started() -> None:
    importers: dict[str, set[Path]] = {}
    for path in [*OURS, ROOT / "app.py"]:
        for name in said(path).imported:
            importers.setdefault(name.partition(":")[0], set()).add(path)
    unused = [
        module(path)
        for path in OURS
        if not is_started(path) and not importers.get(module(path), set()) - {path}
    ]
    assert unused == []


@pytest.mark.parametrize("kind", set(EventType) - rules.SERVED)
def test_every_event_has_a_consumer(kind: EventType) -> None:
    event = events.new_event(kind, ids.new_secret_id(), ids.new_id())
    text = rules.text_for(event, "https://carnet.test")
    assert text.subject
    assert text.body
    ours = rules.is_told_to_operator(kind)  # an operator needs to know which record
    assert ours or event.patient_id not in text.subject + text.body


def test_an_event_nobody_is_told_of_fails_rather_than_goes_unsaid(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    event = events.new_event(EventType.DOCUMENT_ADDED, ids.new_secret_id(), ids.new_id())
    monkeypatch.setattr(rules, "TOLD_TO_HOLDERS", frozenset({EventType.FIRST_ACCESS}))
    with pytest.raises(ValueError, match="nobody is told"):
        rules.text_for(event, "https://carnet.test")


def test_nothing_is_left_for_later() -> None:
    later = re.compile(r"\b(TODO|FIXME|XXX|NotImplementedError|pytest\.skip\(\)|xfail)\b")
    here = Path(__file__)
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in OURS
        if path != here
        for line in path.read_text(encoding="utf-8").splitlines()
        if later.search(line)
    ]
    assert found == []
