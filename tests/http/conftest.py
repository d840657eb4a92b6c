"""The edge alone, without a store."""

import pytest

from tests.http.edge import client
from tests.http_client import Client


@pytest.fixture(scope="package")
def edge() -> Client:
    return client()
