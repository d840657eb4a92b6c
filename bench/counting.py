"""Count what one request costs in calls to the host, in a new process and in a warm one.

The token is signed and checked beforehand: signing is the login's work, and checking that of
another function.
"""

from collections.abc import Callable
from dataclasses import dataclass

from bench.asking import Operation
from bench.operations import known_callers
from chalicelib.core import clock
from chalicelib.identity import signing_keys
from chalicelib.vault import blind
from tests import double
from tests.http_client import Client, bearer
from tests.recorder import recorder
from tests.worlds import World


@dataclass(frozen=True, slots=True)
class Cost:
    """Calls by service operation, and how many had to wait for one another."""

    calls: dict[str, int]
    trips: int

    @property
    def total(self) -> int:
        return sum(self.calls.values())


def measure(act: Callable[[], object], world: World, saved: double.Snapshot) -> tuple[Cost, Cost]:
    """Return the cost of an act cold, then warm, from the same stored state."""
    double.restore(saved)
    double.new_process()
    know_tokens(world)
    cold = cost_of(act)
    double.restore(saved)
    return cold, cost_of(act)


def know_tokens(world: World) -> None:
    """Sign and check a token of each caller, so that neither is counted."""
    for principal in known_callers(world):
        bearer(principal)
    now = clock.now()
    signing_keys.public_key(now.date().isoformat(), now)
    # Checking needs the product's secret, and is of another function, hence of another process.
    blind.forget()


def cost_of(act: Callable[[], object]) -> Cost:
    """Return what one act costs as things are."""
    recorder.clear()
    act()
    return Cost(recorder.counted, recorder.trips)


def asked(operation: Operation, world: World, http: Client) -> Callable[[], None]:
    """Return the act of sending an operation's request, which fails on another status."""

    def act() -> None:
        reply = operation.send(world, http)
        if reply.status != operation.status:
            raise AssertionError(f"{operation.name} answered {reply.status}: {reply.body!r:.200}")

    return act
