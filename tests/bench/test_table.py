"""The table of the README is of the operations that have a budget, whatever their figures are."""

import tomllib
from pathlib import Path

from bench import table
from bench.consumed import Consumed
from bench.counting import Cost
from bench.timing import Timing

BUDGETS = table.README.parent / "bench" / "budgets.toml"


def a_measured(name: str, units: Consumed | None) -> table.Measured:
    warm = Cost({"dynamodb.GetItem": 2}, 1)
    return table.Measured(name, Cost({"kms.Decrypt": 3}, 3), warm, Timing(1.26, 2, 3), units)


def test_the_readme_names_what_has_a_budget() -> None:
    budgets = tomllib.loads(BUDGETS.read_text(encoding="utf-8"))
    assert sorted(table.names()) == sorted(budgets)


def test_the_table_is_written_between_its_markers_and_read_again(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    begin, end = "<!-- begin: make bench -->\n", "<!-- end: make bench -->\n"
    readme.write_text(f"before\n{begin}old\n{end}after\n", encoding="utf-8")
    table.write([a_measured("one", Consumed(4.5, 12)), a_measured("two", None)], readme)
    text = readme.read_text(encoding="utf-8")
    assert text.startswith(f"before\n{begin}Measured on ")
    assert text.endswith(f"{end}after\n")
    assert "| `one` | 3/3 | 2/1 | 4.5 | 12 | 1.3 |\n" in text
    assert "| `two` | 3/3 | 2/1 | – | – | 1.3 |\n" in text
    assert table.names(readme) == ["one", "two"]


def test_what_more_people_change_is_written_between_its_own(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    begin, end = (f"<!-- {side}: make bench ARGS=--whole -->\n" for side in ("begin", "end"))
    other = "<!-- begin: make bench -->\nkept\n<!-- end: make bench -->\n"
    readme.write_text(f"{other}{begin}old\n{end}after\n", encoding="utf-8")
    table.write_people(["home  10 → 10  "], readme)
    text = readme.read_text(encoding="utf-8")
    assert text.startswith(f"{other}{begin}```text\n")
    assert text.endswith(f"\nhome  10 → 10\n```\n{end}after\n")
    assert "old" not in text
