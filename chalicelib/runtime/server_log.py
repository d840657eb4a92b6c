"""What gunicorn has to say, in our own lines: its sentence without its arguments (D13).

Its arguments hold request lines, pieces of bodies and addresses. A sentence that comes without any
may have been filled in before: then only the place that said it is written.
"""

import sys
from types import FrameType
from typing import Any, Final

from gunicorn.glogging import Logger

from chalicelib.core import log

_UNSAID: Final = "server event"


class ServerLog(Logger):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's `logger_class`."""

    def critical(self, msg: object, *args: object, **_: object) -> None:
        """Write a line."""
        self._write("critical", msg, args)

    def error(self, msg: object, *args: object, **_: object) -> None:
        """Write a line."""
        self._write("error", msg, args)

    def warning(self, msg: object, *args: object, **_: object) -> None:
        """Write a line."""
        self._write("warning", msg, args)

    def info(self, msg: object, *args: object, **_: object) -> None:
        """Write a line."""
        self._write("info", msg, args)

    def debug(self, msg: object, *args: object, **_: object) -> None:
        """Write nothing, whatever the level: it tells of every request."""

    def exception(self, msg: object, *args: object, **_: object) -> None:
        """Write a line, with where the error came from."""
        self._write("error", msg, args)

    def log(self, lvl: object, msg: object, *args: object, **_: object) -> None:
        """Write a line."""
        self._write(str(lvl), msg, args)

    def access(self, *_: Any) -> None:  # noqa: ANN401
        """Write nothing: each answer has its own line, by its route."""

    def _write(self, level: str, msg: object, args: tuple[object, ...]) -> None:
        event = str(msg) if args and isinstance(msg, str) else _UNSAID
        where = _place(sys._getframe(2))  # noqa: SLF001  who called is what there is to say
        error = sys.exc_info()[1]
        if error is not None:
            log.exception(event, error, reason=level)
        else:
            log.write(event, reason=level, where=where)
        sys.stdout.flush()


def _place(frame: FrameType) -> str:
    code = frame.f_code
    return f"{code.co_filename.rsplit('/', 2)[-1]}:{frame.f_lineno}:{code.co_name}"
