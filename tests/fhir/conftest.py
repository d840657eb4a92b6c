"""An application of the catalogue, and what its person let it do."""

from collections.abc import Callable

import pytest

from chalicelib.access.permissions import Permission
from tests.builders import Actor, a_consent, an_application
from tests.worlds import World

Allowed = Callable[..., Actor]


@pytest.fixture
def allowed(world: World) -> Allowed:
    """Let an application do what is named, in the record of the person of this world."""

    def allow(*permissions: Permission, name: str = "Balance Exemple") -> Actor:
        return a_consent(world.person, an_application(name=name), *permissions)

    return allow
