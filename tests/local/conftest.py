"""The running product, for the tests of how it runs."""

from tests.stack import stack

__all__ = ["stack"]
