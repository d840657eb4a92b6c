"""How far a load came, kept beside its file while it runs: the same command goes on from there."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

from chalicelib.core.settings import settings

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from typing import BinaryIO

_OURS_ONLY: Final = 0o600


@dataclass(slots=True)
class Position:
    """What was done with the lines before a place of a file, in one installation."""

    load_id: str
    installation: str
    number: int = 0  # of the last line
    end: int = 0  # bytes
    digest: str = ""  # of these bytes
    done: int = 0
    left_out: int = 0
    refused: int = 0
    refusals_end: int = 0  # bytes of the list of refused lines


def installation() -> str:
    """Name the installation that a load writes to."""
    return f"{settings().table_prefix} {settings().kms_root_key_arn}"


class Places:
    """The two files beside the one that is loaded: where it is, and which lines were refused."""

    def __init__(self, file: Path) -> None:
        """Name them; nothing is written."""
        self.position = file.with_name(f"{file.name}.position")
        self.refusals = file.with_name(f"{file.name}.refused")

    def read(self) -> Position | None:
        """Return where an interrupted load was.

        Raises:
            ValueError: it was of another installation, or what is there is no position.
        """
        try:
            found = Position(**json.loads(self.position.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None
        except (TypeError, ValueError) as error:
            raise ValueError(f"{self.position} cannot be read; {self.again}") from error
        if found.installation != installation():
            where = f"an interrupted load went to another installation ({found.installation})"
            raise ValueError(f"{where}; {self.again}")
        return found

    @property
    def again(self) -> str:
        """Say how to begin anew."""
        return f"remove {self.position} to begin anew: what is loaded twice is there once"

    def keep(self, position: Position) -> None:
        """Replace the position, whole, once it is on the disk."""
        fresh = self.position.with_name(f"{self.position.name}.new")
        with _open(fresh, os.O_TRUNC) as file:
            file.write(json.dumps(asdict(position)).encode())
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self.position)

    def refuse(self, position: Position, lines: Iterable[tuple[int, str]]) -> None:
        """Add refused lines to their list, after those that the position knows."""
        text = "".join(f"{number},{reason}\n" for number, reason in lines)
        if not text:
            return
        with _open(self.refusals, 0) as file:
            file.truncate(position.refusals_end)
            file.seek(position.refusals_end)
            file.write(text.encode())
            position.refusals_end = file.tell()

    def finish(self, position: Position) -> None:
        """Remove what an interruption would need; the list of refused lines stays, if any."""
        self.position.unlink(missing_ok=True)
        if not position.refused:
            self.refusals.unlink(missing_ok=True)


def _open(path: Path, flags: int) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | flags, _OURS_ONLY), "r+b")
