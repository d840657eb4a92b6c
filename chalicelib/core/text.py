"""What people write, before it is shown to others. Pure."""

import unicodedata
from typing import Final

# Joins the parts of one emoji; every other invisible character may hide or turn text (A20).
_JOINERS: Final = frozenset("\u200d\ufe0f")
_SEPARATORS: Final = frozenset(("Zl", "Zp"))
# Letters and a symbol that draw nothing: fillers of Hangul, the empty cell of braille.
_EMPTY: Final = frozenset("\u115f\u1160\u3164\uffa0\u2800")


def is_printable(text: str) -> bool:
    """Tell whether a text shows what it says: no control or format character, something to see.

    No separator of lines or paragraphs either: some calendars begin a line of their own there.
    """
    kinds = (unicodedata.category(letter) for letter in text if letter not in _JOINERS)
    hides = any(kind[0] == "C" or kind in _SEPARATORS for kind in kinds)
    return not hides and is_seen(text)


def is_seen(text: str) -> bool:
    """Tell whether a text has something to see."""
    return any(unicodedata.category(one)[0] in "LNPS" and one not in _EMPTY for one in text)
