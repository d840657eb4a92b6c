"""Sealed files: written once under a name, never overwritten."""

from chalicelib.storage import blobs
from tests.recorder import Recorder


def test_a_second_file_under_one_name_leaves_the_first(aws: Recorder) -> None:  # R01
    del aws
    blobs.put_once("2026-11-23T09/one", b"first")
    blobs.put_once("2026-11-23T09/one", b"second")
    assert blobs.get("2026-11-23T09/one") == b"first"
