"""Chance that is the same each time: who asks twice for the same leaves the same, to the byte."""

import os
import random
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from unittest.mock import patch

_real: Final = os.urandom


@contextmanager
def of(whom: str) -> Iterator[None]:
    """Draw identifiers, keys and nonces from the beginning of somebody's own chance.

    The number that the SDK gives each of its requests is not kept: that is drawn apart.
    """
    draw = random.Random(whom).randbytes  # noqa: S311  nothing is secret here
    with (
        patch.object(os, "urandom", draw),
        patch.object(random, "_urandom", draw),
        patch.object(uuid, "uuid4", lambda: uuid.UUID(bytes=_real(16), version=4)),
    ):
        yield
