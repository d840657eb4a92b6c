"""What a maker of `tests.builders` made once is put back the next time a test asks for the same.

The product's own code makes each thing, once a minute of the clock at most; its rows are kept as
it wrote them. Two things asked for in one test are two things, each made apart.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, Final, ParamSpec, TypeVar

from chalicelib.core import clock
from tests import double
from tests.recorder import recorder

_P = ParamSpec("_P")
_R = TypeVar("_R")

_FRESH: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class _Made:
    """A thing, when it was made, and the rows that were written for it."""

    thing: Any
    at: datetime
    rows: double.Rows


_kept: Final[defaultdict[Any, list[_Made]]] = defaultdict(list)
_taken: Final[list[_Made]] = []
_state: Final = {"open": False}


def begin(*, is_open: bool) -> None:
    """Begin a test with nothing taken; one that counts or breaks calls makes everything anew."""
    _taken.clear()
    _state["open"] = is_open


def stocked(make: Callable[_P, _R]) -> Callable[_P, _R]:
    """Take from the stock what was made with the same arguments, or make it and keep it."""

    @wraps(make)
    def take(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        if not _state["open"] or recorder.plans:
            return make(*args, **kwargs)
        shelf = _kept[make.__qualname__, args, tuple(sorted(kwargs.items()))]
        made = next(filter(_is_free, shelf), None)
        if made is not None:
            double.put_back(made.rows)
        else:
            now, before = clock.now(), double.rows()
            made = _Made(make(*args, **kwargs), now, double.added_since(before))
            shelf.append(made)
        _taken.append(made)
        return made.thing  # type: ignore[no-any-return]  # a shelf is of one maker

    return take


def _is_free(made: _Made) -> bool:
    """Tell whether a thing is of this minute, and neither taken before nor in a restored world."""
    age = clock.now() - made.at
    is_there = any(double.holds(place) for place in made.rows)
    return timedelta() <= age < _FRESH and not is_there and not any(one is made for one in _taken)
