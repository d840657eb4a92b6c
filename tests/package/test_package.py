"""The package itself, as the running product was deployed from it."""

import pytest

from infra import checks
from tests.stack import Stack

pytestmark = pytest.mark.cloud


def test_imports_every_handler_from_the_bare_package_alone(stack: Stack) -> None:
    report, faults = checks.import_report(stack.config.state / "package")

    assert faults == []
    assert report.count("\n") == 9


def test_holds_libraries_this_processor_can_load(stack: Stack) -> None:
    assert list(checks.library_faults(stack.config.state / "package")) == []


def test_finds_no_fault_in_the_packaged_policies(stack: Stack) -> None:
    assert list(checks.template_faults(stack.config.state / "package")) == []
