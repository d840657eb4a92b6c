"""Who owns a key, and what is sealed: names readable in every sealed message.

A subject is a letter and random ids: `P.<pid>` a patient, `U.<uid>` an account, `O.<id>` an
organisation, `T.<subject id>` somebody's trace. The letter chooses the root key in the key
management service. A kind is a word of ours (`document`, `contact`). Nothing else is accepted, so
that no name or national number can reach a header by accident (D13).
"""

import re
from typing import Final

from chalicelib.core.settings import settings
from chalicelib.core.tables import KEYS

# The row of a branch key's newest version, named by the key store.
ACTIVE: Final = "branch:ACTIVE"

_SUBJECT = re.compile(r"[POTU]\.[0-9A-Za-z._-]{1,64}", re.ASCII)
_KIND = re.compile(r"[a-z][a-z0-9_.-]{0,31}", re.ASCII)


def root_key_arn(subject: str) -> str:
    """Return the root key that wraps a subject's branch key; traces have their own (D5).

    Raises:
        ValueError: not a subject.
    """
    if not _SUBJECT.fullmatch(subject):
        raise ValueError("not a subject")
    return settings().kms_trace_key_arn if subject[0] == "T" else settings().kms_root_key_arn


def context(subject: str, kind: str) -> dict[str, str]:
    """Return the encryption context of a subject's messages of one kind.

    Raises:
        ValueError: not a subject, or not a kind.
    """
    if not (_SUBJECT.fullmatch(subject) and _KIND.fullmatch(kind)):
        raise ValueError("not a subject and kind")
    return {"subject": subject, "kind": kind}


def key_table() -> str:
    """Return the key-store table's name; it is bound into each branch key, so it cannot change."""
    return KEYS.physical_name(settings().table_prefix)
