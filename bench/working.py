"""A job is one run of a worker; what makes it possible once more is not counted."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.workers.lambda_events import Handler, serve
from tests.worlds import World


@dataclass(frozen=True, slots=True)
class Job:
    """Its name in `budgets.toml`, what is made before, and the run itself."""

    name: str
    prepare: Callable[[World], None]
    run: Callable[[World], object]


def served(handler: Handler, event: dict[str, Any]) -> None:
    """Run a worker on what the platform hands over, and require that all of it was served."""
    failed = serve(handler, event)
    if failed:
        raise AssertionError(f"not served: {failed}")
