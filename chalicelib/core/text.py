"""What people write, before it is shown to others. Pure."""

import unicodedata
from typing import Final

# Joins the parts of one emoji; every other invisible character may hide or turn text (A20).
_JOINERS: Final = frozenset("\u200d\ufe0f")


def is_printable(text: str) -> bool:
    """Tell whether a text shows what it says: no control or format character, something to see."""
    kinds = [unicodedata.category(letter)[0] for letter in text if letter not in _JOINERS]
    return "C" not in kinds and any(kind in "LNPS" for kind in kinds)
