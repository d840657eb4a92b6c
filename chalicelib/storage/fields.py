"""Fields of word processors: those that only show, count or link may be in a document.

Why it exists: a field may start a program (DDE), read another file (INCLUDE…) or fetch from a
server (LINK, a picture). RTF and DOCX write them alike: what is not in the list is refused.
"""

import re
from typing import Final

# What shows something of the document itself, or is filled by hand.
_SHOWN: Final = (
    "ADVANCE", "AUTHOR", "BIBLIOGRAPHY", "CITATION", "COMMENTS", "CREATEDATE", "DATE",
    "DOCPROPERTY", "EDITTIME", "EQ", "FORMCHECKBOX", "FORMDROPDOWN", "FORMTEXT", "INDEX",
    "KEYWORDS", "LASTSAVEDBY", "LISTNUM", "NOTEREF", "NUMCHARS", "NUMPAGES", "NUMWORDS", "PAGE",
    "PAGEREF", "PRINTDATE", "REF", "REVNUM", "SAVEDATE", "SECTION", "SECTIONPAGES", "SEQ",
    "SHAPE", "STYLEREF", "SUBJECT", "SYMBOL", "TC", "TIME", "TITLE", "TOC", "XE",
)  # fmt: skip
_SAFE_ADDRESS: Final = r"(?:https?://|mailto:|tel:)"
_PLAIN = re.compile(rf"\s*+(?:{'|'.join(_SHOWN)})(?![A-Za-z0-9_])[^\x00]*+", re.IGNORECASE)
_OPTION = r"""\s*+\\(?:[lot]\s*+(?:"[^"]*+"|[^\s"\\]++)|[nmhs*]\s*+(?:MERGEFORMAT)?)"""
_LINK = re.compile(
    rf"""\s*+HYPERLINK(?:{_OPTION})*+"""
    rf"""(?:\s*+(?:"\s*+{_SAFE_ADDRESS}[^"]*+"|{_SAFE_ADDRESS}[^\s"\\]++))?(?:{_OPTION})*+\s*+""",
    re.IGNORECASE,
)
_ADDRESS = re.compile(rf"\s*+{_SAFE_ADDRESS}", re.IGNORECASE)


def is_harmless(instruction: str) -> bool:
    """Tell whether a field, by its whole instruction, only shows or links."""
    if not instruction.strip():
        return True
    return bool(_PLAIN.fullmatch(instruction) or _LINK.fullmatch(instruction))


def is_web_address(target: str) -> bool:
    """Tell whether a link goes to a page, a mail address or a telephone, and to no file."""
    return bool(_ADDRESS.match(target))
