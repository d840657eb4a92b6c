"""What packaging leaves behind, and what it never deploys."""

import os
import zipfile
from pathlib import Path

from infra import package


def archive(folder: Path, name: str, age: int) -> Path:
    path = folder / f"{name}.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("app.py", "a" * 2000)
    os.utime(path, (10_000 - age, 10_000 - age))
    return path


def test_an_archive_whose_making_was_killed_is_never_deployed(tmp_path: Path) -> None:
    whole, cut = archive(tmp_path, "whole", 2), archive(tmp_path, "cut", 1)
    cut.write_bytes(cut.read_bytes()[:-40])

    package.discard(tmp_path)

    assert list(tmp_path.iterdir()) == [whole]


def test_the_oldest_archives_go(tmp_path: Path) -> None:
    made = [archive(tmp_path, f"of {age}", age) for age in range(package.KEPT_ARCHIVES + 2)]

    package.discard(tmp_path)

    assert sorted(tmp_path.iterdir()) == sorted(made[: package.KEPT_ARCHIVES])
