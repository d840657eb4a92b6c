"""Which addresses a publisher may register, and why another one is refused (A24, A29)."""

import string
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.catalogue import addresses
from chalicelib.catalogue.addresses import is_same_redirect, why_not_page, why_not_redirect
from chalicelib.http.field_texts import FIELD_TEXTS

GOOD_PAGES = (
    "https://appli.example",
    "https://appli.example/",
    "https://www.appli-sante.example/confidentialite?lang=fr",
    "https://appli.example:443/x",
    "https://appli.example:8443/x",
    "https://xn--sant-epa.example/",
)
GOOD_REDIRECTS = (
    *GOOD_PAGES,
    "http://127.0.0.1/retour",
    "http://127.0.0.1:49152/retour",
    "http://[::1]:8080/retour",
    "com.example.app:/retour",
    "fr.exemple.ma-balance:/oauth/retour",
)

REFUSED_OF_BOTH = [
    ("", "string_too_short"),
    ("https://appli.example/" + "a" * 500, "string_too_long"),
    # read in two ways
    ("//evil.example", "address_relative"),
    ("/retour", "address_relative"),
    ("appli.example/retour", "address_relative"),
    ("/\\evil.example", "address_characters"),
    ("https:\\\\evil.example", "address_characters"),
    ("https://appli.example\\@evil.example/", "address_characters"),
    ("https://appli.example/a b", "address_characters"),
    ("https://appli.example/\n", "address_characters"),
    ("https://appli.example/\u202e", "address_characters"),
    ("https://аppli.example/", "address_characters"),
    ("https://santé.example/", "address_characters"),
    ("https://appli.example/<script>", "address_characters"),
    ("HTTPS://appli.example/", "address_capitals"),
    ("Http://127.0.0.1/", "address_capitals"),
    ("https:evil.example", "address_host_missing"),
    ("https:/evil.example", "address_host_missing"),
    ("https://", "address_host_missing"),
    ("https:///retour", "address_host_missing"),
    ("https://:443/", "address_host_missing"),
    ("https://*.example/", "address_wildcard"),
    ("https://appli.example/*", "address_wildcard"),
    ("https://appli.example/#/retour", "address_fragment"),
    ("https://appli.example#@evil.example/", "address_fragment"),
    ("https://appli.example/%zz", "address_encoding"),
    ("https://appli.example/%2e%2e/", "address_encoding"),
    ("https://appli.example/%5Cevil", "address_encoding"),
    ("https://appli.example/%0d%0aSet-Cookie:a=b", "address_encoding"),
    ("https://appli.example%2f@evil.example/", "address_encoding"),
    ("https://appli.example/a/../b", "address_dots"),
    ("https://appli.example/.", "address_dots"),
    # somebody else
    ("https://appli@evil.example/", "address_user"),
    ("https://appli.example:secret@evil.example/", "address_user"),
    # of a private network, however it is written (A24)
    ("https://localhost/", "address_local"),
    ("https://localhost:8080/", "address_local"),
    ("https://appli.localhost/", "address_local"),
    ("https://imprimante.local/", "address_local"),
    ("https://intranet/", "address_local"),
    ("https://metadata.google.internal/", "address_local"),
    ("https://10.in-addr.arpa/", "address_local"),
    ("https://169.254.169.254/latest/meta-data", "address_private"),
    ("https://127.0.0.1/", "address_private"),
    ("https://10.0.0.1/", "address_private"),
    ("https://192.168.1.1/", "address_private"),
    ("https://172.16.0.1/", "address_private"),
    ("https://100.64.0.1/", "address_private"),
    ("https://0.0.0.0/", "address_private"),
    ("https://0/", "address_private"),
    ("https://2130706433/", "address_private"),
    ("https://0x7f000001/", "address_private"),
    ("https://0x7f.1/", "address_private"),
    ("https://0177.0.0.1/", "address_private"),
    ("https://127.1/", "address_private"),
    ("https://2852039166/", "address_private"),
    ("https://1.2.3.4.5/", "address_private"),
    ("https://999.1.1.1/", "address_private"),
    ("https://08.1.1.1/", "address_private"),
    ("https://[::1]/", "address_private"),
    ("https://[::]/", "address_private"),
    ("https://[fe80::1]/", "address_private"),
    ("https://[fd00::1]/", "address_private"),
    ("https://[::ffff:169.254.169.254]/", "address_private"),
    ("https://[::ffff:7f00:1]/", "address_private"),
    ("https://[64:ff9b::7f00:1]/", "address_ip"),
    ("https://[2002:7f00:1::]/", "address_private"),
    ("https://[::1/", "address_private"),
    ("https://8.8.8.8/", "address_ip"),
    ("https://134744072/", "address_ip"),
    ("https://[2001:4860:4860::8888]/", "address_ip"),
    # malformed names
    ("https://appli..example/", "address_host"),
    ("https://appli.example./", "address_host"),
    ("https://-appli.example/", "address_host"),
    ("https://Appli.example/", "address_host"),
    ("https://a_b.example/", "address_host"),
    ("https://" + "a" * 64 + ".example/", "address_host"),
    ("https://" + "a." * 130 + "example/", "address_host"),
    # ports of other services
    ("https://appli.example:22/", "address_port"),
    ("https://appli.example:25/", "address_port"),
    ("https://appli.example:80/", "address_port"),
    ("https://appli.example:6000/", "address_port"),
    ("https://appli.example:0/", "address_port"),
    ("https://appli.example:0443/", "address_port"),
    ("https://appli.example:65536/", "address_port"),
    ("https://appli.example:/", "address_port"),
    ("https://appli.example:443:443/", "address_port"),
]
REFUSED_REDIRECTS = [
    ("http://appli.example/retour", "address_https"),
    ("http://evil@127.0.0.1/", "address_user"),
    ("http://127.0.0.1@evil.example/", "address_user"),
    ("http://localhost:8080/retour", "redirect_localhost"),
    ("http://localhost/", "redirect_localhost"),
    ("http://imprimante.local/", "address_local"),
    ("http://169.254.169.254/", "address_private"),
    ("http://127.1/", "address_private"),
    ("http://127.0.0.1.evil.example/", "address_https"),
    ("http://127.0.0.1:99999/", "address_port"),
    ("http://127.0.0.1:/", "address_port"),
    ("http://[::1/", "address_private"),
    ("http://[::1]8080/", "address_port"),
    ("http://[::1].evil.example/", "address_port"),
    ("http://127.0.0.1/a/../b", "address_dots"),
    ("file:///etc/passwd", "redirect_scheme"),
    ("javascript:alert(1)", "redirect_scheme"),
    ("data:text/html,x", "redirect_scheme"),
    ("ftp://appli.example/", "redirect_scheme"),
    ("monappli:/retour", "redirect_scheme"),
    ("com.example.app://retour", "redirect_private_use"),
    ("com.example.app:retour", "redirect_private_use"),
    ("com.example.app:", "redirect_private_use"),
    ("Com.Example.App:/retour", "redirect_private_use"),
    (".example:/retour", "address_relative"),
    ("com.example.app:/a/../b", "address_dots"),
    ("https://appli.example/retour?code=x", "redirect_query"),
    ("https://appli.example/retour?st%61te=x", "redirect_query"),
    ("http://127.0.0.1/retour?error=", "redirect_query"),
    ("com.example.app:/retour?iss=x", "redirect_query"),
]
REFUSED_PAGES = [
    ("http://appli.example/", "address_https"),
    ("http://127.0.0.1/", "address_https"),
    ("file:///etc/passwd", "address_https"),
    ("javascript:alert(1)", "address_https"),
    ("com.example.app:/retour", "address_https"),
]


@pytest.mark.parametrize("address", GOOD_PAGES)
def test_a_public_web_page_is_accepted(address: str) -> None:
    assert why_not_page(address) is None


@pytest.mark.parametrize("address", GOOD_REDIRECTS)
def test_an_address_to_come_back_to_is_accepted(address: str) -> None:
    assert why_not_redirect(address) is None


@pytest.mark.parametrize(("address", "code"), REFUSED_OF_BOTH)
def test_an_address_that_misleads_or_is_private_is_refused_with_its_reason(
    address: str, code: str
) -> None:
    assert (why_not_page(address), why_not_redirect(address)) == (code, code)


@pytest.mark.parametrize(("address", "code"), REFUSED_REDIRECTS)
def test_an_address_nobody_comes_back_to_safely_is_refused_with_its_reason(
    address: str, code: str
) -> None:
    assert why_not_redirect(address) == code


@pytest.mark.parametrize(("address", "code"), REFUSED_PAGES)
def test_what_is_no_public_page_is_refused_with_its_reason(address: str, code: str) -> None:
    assert why_not_page(address) == code


def test_every_reason_has_its_words_in_both_languages() -> None:
    codes = {code for _, code in (*REFUSED_OF_BOTH, *REFUSED_REDIRECTS, *REFUSED_PAGES)}

    assert codes <= FIELD_TEXTS.keys()


def test_a_page_of_this_machine_is_accepted_where_products_are_developed_only() -> None:
    assert why_not_page("http://127.0.0.1:9/x", allows_loopback=True) is None
    assert why_not_page("http://127.0.0.1:0/x", allows_loopback=True) == "address_port"
    assert why_not_page("http://appli.example/", allows_loopback=True) == "address_https"


SAME = (
    ("https://a.example/r", "https://a.example/r"),
    ("http://127.0.0.1/r", "http://127.0.0.1:50123/r"),
    ("http://127.0.0.1:1/r", "http://127.0.0.1:2/r"),
    ("http://[::1]/r", "http://[::1]:2/r"),
    ("com.example.app:/r", "com.example.app:/r"),
)
OTHERS = (
    ("https://a.example/r", "https://a.example/r/"),
    ("https://a.example/r", "https://a.example:443/r"),
    ("https://a.example/r", "https://a.example/r?x=1"),
    ("https://a.example/r", "https://a.example.evil.example/r"),
    ("http://127.0.0.1/r", "http://127.0.0.1:2/s"),
    ("http://127.0.0.1/r", "http://[::1]:2/r"),
    ("http://127.0.0.1/r", "http://127.0.0.1:22@evil.example/r"),
    ("com.example.app:/r", "com.example.app:/s"),
)


@pytest.mark.parametrize(("registered", "asked"), SAME)
def test_a_redirect_address_is_the_one_registered_whatever_the_port_of_a_loopback(
    registered: str, asked: str
) -> None:
    assert is_same_redirect(registered, asked)


@pytest.mark.parametrize(("registered", "asked"), OTHERS)
def test_a_redirect_address_that_differs_by_a_letter_is_another(
    registered: str, asked: str
) -> None:
    assert not is_same_redirect(registered, asked)


@given(
    st.text(alphabet=string.printable, max_size=40), st.sampled_from(("", "https://", "http://"))
)
def test_what_is_accepted_is_read_alike_by_another_reader(text: str, begins: str) -> None:
    address = begins + text
    if why_not_page(address) is None:
        parts = urlsplit(address)
        assert parts.scheme == "https"
        assert parts.hostname
        assert "." in parts.hostname
        assert parts.username is None
        assert parts.geturl() == address
    assert why_not_redirect(address) is None or why_not_redirect(address) in FIELD_TEXTS


@given(st.integers(min_value=0, max_value=2**32 - 1), st.sampled_from((str, hex, "{:o}".format)))
def test_no_number_is_a_name_of_a_site(value: int, write: object) -> None:
    assert callable(write)
    host = str(write(value)).replace("0o", "0")

    assert why_not_page(f"https://{host}/") in {"address_private", "address_ip"}


def test_an_address_is_bounded() -> None:
    longest = "https://appli.example/" + "a" * (addresses.MAX_CHARS - 22)

    assert why_not_page(longest) is None
    assert why_not_page(longest + "a") == "string_too_long"
