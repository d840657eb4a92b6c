"""Which addresses a publisher may register, and why another one is refused (A24, A29). Pure.

No address is ever fetched by the product; a browser is sent to them. Each must therefore be read
in one way only by every browser: what two readers could understand differently is refused, and
so is what leads into a private network. A redirect address is compared letter by letter, but for
the port of a loopback address (RFC 8252, 7.3).
"""

import ipaddress
import re
from typing import Final
from urllib.parse import parse_qsl

MAX_CHARS: Final = 500
HTTPS_PORT: Final = 443
_FIRST_FREE_PORT: Final = 1024
_LAST_PORT: Final = 65_535
_LOOPBACK: Final = ("127.0.0.1", "[::1]")
# Ports above 1023 that browsers refuse to open. Source: Fetch standard, "bad port".
_BLOCKED_PORTS: Final = frozenset(
    {1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6679, 6697, 10080}
    | set(range(6665, 6670))
)
# Names that mean a machine of the reader's own network, or none. Source: RFC 6761, 6762, 8375.
_LOCAL_NAMES: Final = (
    "localhost",
    "local",
    "localdomain",
    "internal",
    "intranet",
    "lan",
    "home",
    "corp",
    "private",
    "arpa",
    "onion",
)
# What the answer adds to a redirect address (RFC 6749, 4.1.2; RFC 9207).
_ANSWERS: Final = frozenset({"code", "state", "error", "error_description", "error_uri", "iss"})
_CHARACTERS: Final = re.compile(r"[!#-;=?-\[\]_a-z~*]+", re.ASCII | re.IGNORECASE)
_PERCENT: Final = re.compile(r"%(?![0-9A-Fa-f]{2})", re.ASCII)
# Encoded control characters, dots, slashes and backslashes: some readers decode them.
_MISLEADING: Final = re.compile(r"%(?:[01][0-9a-f]|7f|2e|2f|5c)", re.ASCII | re.IGNORECASE)
_DOTS: Final = re.compile(r"/\.{1,2}(?:/|$)", re.ASCII)
_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):", re.ASCII)
_LABEL: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)
_CAPITALS: Final = re.compile(r"(?!https?:)(?i:https?):", re.ASCII)
_PRIVATE_USE: Final = re.compile(r"[a-z][a-z0-9-]*(?:\.[a-z0-9][a-z0-9-]*)+", re.ASCII)
_PRIVATE_PATH: Final = re.compile(r"/(?:[^/].*)?", re.ASCII)
_NUMBER: Final = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)", re.ASCII | re.IGNORECASE)
_NO_PORT: Final = "-"  # what follows a literal without a colon is refused as a wrong port
_MAX_HOST: Final = 253
_IPV4_PARTS: Final = 4
_BYTE: Final = 0xFF


def why_not_page(address: str, *, allows_loopback: bool = False) -> str | None:
    """Return why an address is not one of a public web page (a code of a field), or None.

    `allows_loopback`: a program of this very machine may stand for it, on a development stage.
    """
    refused = _why_misleading(address)
    if refused:
        return refused
    scheme, rest = _split(address)
    if scheme == "http" and allows_loopback and _is_loopback(rest):
        return _why_not_loopback(rest)
    if scheme != "https":
        return "address_relative" if scheme is None else "address_https"
    return _why_not_authority(rest) or _why_not_path(rest)


def why_not_redirect(address: str) -> str | None:
    """Return why an address is not one to send a person back to, or None.

    https; or http on the loopback address of the person's own machine, on any port; or a scheme of
    one's own, written as a domain reversed (RFC 8252, 7.1 and 7.3).
    """
    refused = _why_misleading(address)
    if refused:
        return refused
    scheme, rest = _split(address)
    if scheme == "http" and _is_loopback(rest):
        return _why_not_loopback(rest) or _why_not_query(rest)
    if scheme is not None and "." in scheme:
        return _why_not_private_use(scheme, rest) or _why_not_query(rest)
    if scheme == "http":
        return _why_not_http(rest)
    if scheme != "https":
        return "address_relative" if scheme is None else "redirect_scheme"
    return _why_not_authority(rest) or _why_not_path(rest) or _why_not_query(rest)


def is_same_redirect(registered: str, asked: str) -> bool:
    """Tell whether an address is one that was registered: to the letter, but a loopback's port."""
    if registered == asked:
        return True
    return why_not_redirect(asked) is None and _portless(registered) == _portless(asked) is not None


def _portless(address: str) -> str | None:
    """Return a loopback address without its port; None: it is not one."""
    scheme, rest = _split(address)
    if scheme != "http" or not _is_loopback(rest):
        return None
    host, _ = _host_and_port(_authority(rest))
    return f"{host}{rest[2 + len(_authority(rest)) :]}"


def _why_misleading(address: str) -> str | None:
    """Refuse what is not read in one way only, whatever kind of address it is."""
    checks = (
        (not address, "string_too_short"),
        (len(address) > MAX_CHARS, "string_too_long"),
        ("\\" in address or not _CHARACTERS.fullmatch(address or "-"), "address_characters"),
        ("*" in address, "address_wildcard"),
        ("#" in address, "address_fragment"),
        (_CAPITALS.match(address), "address_capitals"),
        (_PERCENT.search(address) or _MISLEADING.search(address), "address_encoding"),
    )
    return next((code for is_so, code in checks if is_so), None)


def _split(address: str) -> tuple[str | None, str]:
    """Return the scheme of an address, in the letters that were typed, and what follows it."""
    found = _SCHEME.match(address)
    return (found[1], address[found.end() :]) if found else (None, address)


def _authority(rest: str) -> str:
    return re.split(r"[/?]", rest.removeprefix("//"), maxsplit=1)[0]


def _host_and_port(authority: str) -> tuple[str, str | None]:
    closed = authority.rpartition("]")[0] if authority.startswith("[") else ""
    host = f"{closed}]" if closed else authority.partition(":")[0]
    after = authority[len(host) :]
    if after and not after.startswith(":"):
        return host, _NO_PORT
    return host, after[1:] if after else None


def _is_loopback(rest: str) -> bool:
    return rest.startswith("//") and _host_and_port(_authority(rest))[0] in _LOOPBACK


def _why_not_loopback(rest: str) -> str | None:
    _, port = _host_and_port(_authority(rest))
    if port is not None and not _is_port(port):
        return "address_port"
    return _why_not_path(rest)


def _why_not_http(rest: str) -> str:
    """Say the most precise thing of an http address that is not one of the loopback."""
    authority = _authority(rest)
    if "@" in authority:
        return "address_user"
    host, _ = _host_and_port(authority)
    if host == "localhost":
        return "redirect_localhost"
    return _why_not_host(host) or "address_https"


def _why_not_authority(rest: str) -> str | None:
    authority = _authority(rest)
    if not rest.startswith("//") or not authority:
        return "address_host_missing"
    if "@" in authority:
        return "address_user"
    host, port = _host_and_port(authority)
    return _why_not_host(host) or _why_not_port(port)


def _why_not_host(host: str) -> str | None:
    if not host:
        return "address_host_missing"
    if host.startswith("["):
        return _why_not_literal(host)
    labels = host.split(".")
    if _NUMBER.fullmatch(labels[-1]):  # every browser reads it as the four bytes of an address
        return _why_not_literal(host)
    if labels[-1].lower() in _LOCAL_NAMES or len(labels) == 1:
        return "address_local"
    if len(host) > _MAX_HOST or not all(_LABEL.fullmatch(label) for label in labels):
        return "address_host"
    return None


def _why_not_literal(host: str) -> str:
    """Say of an IP literal, however written, whether it leads into a private network."""
    address = _literal(host)
    return "address_private" if address is None or not address.is_global else "address_ip"


def _literal(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Read an IP literal as browsers do: dotted, decimal, octal, hexadecimal, shortened, mapped."""
    try:
        if host.startswith("["):
            six = ipaddress.IPv6Address(host.strip("[]").partition("%")[0])
            return six.ipv4_mapped or six.sixtofour or six
        numbers = [_number(part) for part in host.split(".")]
        *first, last = numbers
        if len(numbers) > _IPV4_PARTS or any(one > _BYTE for one in first):
            return None
        value = sum(one << (8 * (3 - place)) for place, one in enumerate(first)) + last
        return ipaddress.IPv4Address(value)
    except ValueError:
        return None


def _number(part: str) -> int:
    if part.lower().startswith("0x"):
        return int(part[2:] or "0", 16)
    return int(part, 8 if part.startswith("0") and part != "0" else 10)


def _is_port(port: str) -> bool:
    is_number = port.isascii() and port.isdecimal() and not port.startswith("0")
    return is_number and int(port) <= _LAST_PORT


def _why_not_port(port: str | None) -> str | None:
    if port is None:
        return None
    if not _is_port(port):
        return "address_port"
    number = int(port)
    is_free = number >= _FIRST_FREE_PORT and number not in _BLOCKED_PORTS
    return None if number == HTTPS_PORT or is_free else "address_port"


def _why_not_path(rest: str) -> str | None:
    after = rest[2 + len(_authority(rest)) :]
    path = after.partition("?")[0]
    return "address_dots" if _DOTS.search(path) else None


def _why_not_query(rest: str) -> str | None:
    asked = parse_qsl(rest.partition("?")[2], keep_blank_values=True)
    names = {name for name, _ in asked}
    return "redirect_query" if names & _ANSWERS else None


def _why_not_private_use(scheme: str, rest: str) -> str | None:
    if not _PRIVATE_USE.fullmatch(scheme) or not _PRIVATE_PATH.fullmatch(rest):
        return "redirect_private_use"
    return "address_dots" if _DOTS.search(rest.partition("?")[0]) else None
