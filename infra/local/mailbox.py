"""The mails that the local cloud took instead of sending them."""

from __future__ import annotations

import json
import urllib.request
from typing import TYPE_CHECKING, Any

from infra.local import config

if TYPE_CHECKING:
    from infra.local.config import Config


def mails(running: Config) -> list[dict[str, Any]]:
    """Return the mails taken since the local cloud started, the first one first.

    Raises:
        OSError: the local cloud does not answer.
    """
    url = f"{running.cloud_url}/_ministack/ses/messages"
    with urllib.request.urlopen(url, timeout=30) as answer:  # noqa: S310  our own loopback address
        found: list[dict[str, Any]] = json.load(answer)["messages"].get(config.ACCOUNT, [])
    return found
