"""The pages of the sample applications: a small server, its sessions, and the way to consent.

Sessions hold tokens: they are in a file that its owner alone reads, beside the client's.
"""

import json
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict
from html import escape
from http.cookies import CookieError, SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from smart import Access, Client, RefusedError, Resource

Visit = dict[str, Any]  # what is kept of a browser
Page = Callable[[Visit, dict[str, str]], str]
MOST_BYTES = 10_000
STYLE = """:root{color-scheme:light dark;font:1.1rem/1.5 system-ui,sans-serif}
body{max-width:34rem;margin:auto;padding:1rem}button{font:inherit;padding:.7rem 1.2rem;margin:.2rem
0;border-radius:.5rem;border:2px solid #0b5d57;background:#0b5d57;color:#fff}
.other{background:none;color:inherit}.told{border-left:.3rem solid;padding-left:.8rem}"""


class Go(Exception):  # noqa: N818  not an error
    """Send the browser to an address, instead of a page."""


class Site:
    """A sample application: its name, why it asks, what for, and its pages by method and path."""

    def __init__(self, name: str, why: str, scope: str, client_file: Path) -> None:
        self.name, self._why, self._scope = name, why, scope
        self.client = Client(client_file)
        self.origin = self.client.redirect_uri.removesuffix("/retour")
        self.pages: dict[str, Page] = {"POST /relier": self._leave, "GET /retour": self._back}
        self._file, self._alone = client_file.with_name("sessions.json"), threading.RLock()
        self._visits: dict[str, Visit] = {}
        if self._file.exists():
            self._visits = json.loads(self._file.read_text(encoding="utf-8"))

    def page(self, place: str) -> Callable[[Page], Page]:
        """Declare a page, by its place: `GET /`."""
        return lambda page: self.pages.setdefault(place, page)

    def visits(self) -> Iterator[Visit]:
        """Yield what is kept of every browser."""
        yield from list(self._visits.values())

    def visit(self, name: str | None) -> tuple[str, Visit]:
        """Return the session of a browser, or a new one."""
        with self._alone:
            known = name if name in self._visits else secrets.token_urlsafe(24)
            return str(known), self._visits.setdefault(str(known), {})

    def save(self) -> None:
        """Keep every session; who is killed meanwhile keeps those of before."""
        fresh = self._file.with_suffix(".new")
        with self._alone:
            fresh.touch(mode=0o600)
            fresh.write_text(json.dumps(self._visits), encoding="utf-8")
            fresh.replace(self._file)

    def access(self, visit: Visit) -> Access | None:
        """Return what the person gave, as far as we know."""
        return Access(**visit["access"]) if "access" in visit else None

    def linked(self, visit: Visit) -> Access:
        """Return what the person gave, or refuse to go on without."""
        access = self.access(visit)
        if access is None:
            raise RefusedError("Reliez d’abord votre espace\u00a0: rien n’a été envoyé.")
        return access

    def call(
        self, visit: Visit, method: str, path: str, resource: Resource | None = None
    ) -> Resource:
        """Send a FHIR request, and keep what became of the tokens."""
        access = self.linked(visit)
        try:
            return self.client.call(access, method, path, resource)
        except RefusedError as refused:
            if refused.is_over:
                visit.pop("access")
            raise
        finally:
            if "access" in visit:
                visit["access"] = asdict(access)

    def offer(self) -> str:
        """Write the way to consent; what for is said before."""
        return f"<p>{self._why}</p>{form('/relier', 'Relier mon espace Carnet')}"

    def _leave(self, visit: Visit, _: dict[str, str]) -> str:
        address, visit["launch"] = self.client.launch(self._scope)
        raise Go(address)

    def _back(self, visit: Visit, query: dict[str, str]) -> str:
        visit["access"] = asdict(self.client.answer(visit.pop("launch", {}), query))
        raise Go(visit.get("home", "/"))

    def serve(self) -> None:
        """Serve this machine alone, on the port of the redirect address."""
        answers = type("Answers", (_Answers,), {"site": self})
        server = ThreadingHTTPServer(("127.0.0.1", urlsplit(self.origin).port or 80), answers)
        print(f"{self.name}: {self.origin}/", flush=True)
        with suppress(KeyboardInterrupt):
            server.serve_forever()


class _Answers(BaseHTTPRequestHandler):
    site: Site

    def do_GET(self) -> None:
        self._answer(dict(parse_qsl(urlsplit(self.path).query)))

    def do_POST(self) -> None:
        body = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), MOST_BYTES))
        if self.headers.get("Origin", self.site.origin) != self.site.origin:
            self._send(403, "<p>Cette demande vient d’un autre site.</p>")
        else:
            self._answer(dict(parse_qsl(body.decode(errors="replace"))))

    def _answer(self, fields: dict[str, str]) -> None:
        path = urlsplit(self.path).path
        folder, _, last = path.rpartition("/")
        pages = self.site.pages
        page = pages.get(f"{self.command} {path}") or pages.get(f"{self.command} {folder}/*")
        if page is None or f"http://{self.headers['Host']}" != self.site.origin:
            self._send(404, "<p>Cette page n’existe pas.</p>")
            return
        name, visit = self.site.visit(self._cookie())
        cookie = f"{self._cookie_name}={name}; HttpOnly; SameSite=Lax; Path=/"
        try:
            content = page(visit, fields | {"*": last})
            told = visit.pop("told", "")
            self._send(200, told + content, Set_Cookie=cookie)
        except Go as onward:
            self._send(303, "", Set_Cookie=cookie, Location=str(onward))
        except RefusedError as refused:
            told = f"<p class=told role=alert>{escape(str(refused))}</p>"
            self._send(200, f"{told}<p><a href='/'>Continuer</a></p>", Set_Cookie=cookie)
        finally:
            self.site.save()

    @property
    def _cookie_name(self) -> str:
        return f"visit-{urlsplit(self.site.origin).port}"  # all ports of a machine share cookies

    def _cookie(self) -> str | None:
        try:
            found = SimpleCookie(self.headers.get("Cookie", "")).get(self._cookie_name)
        except CookieError:
            return None
        return found.value if found else None

    def _send(self, status: int, content: str, **headers: str) -> None:
        name, space = self.site.name, urlsplit(self.site.client.fhir)
        body = (
            f"<!doctype html><html lang=fr><meta charset=utf-8><title>{name}</title>"
            f'<meta name=viewport content="width=device-width"><style>{STYLE}</style>'
            f"<main><h1>{name}</h1>{content}</main><footer><p>Un exemple\u00a0: rien n’y est vrai."
        ).encode()
        allowed = f"form-action 'self' {space.scheme}://{space.netloc}"
        headers |= {
            "Content_Type": "text/html; charset=utf-8",
            "Content_Length": str(len(body)),
            "Content_Security_Policy": f"default-src 'none'; style-src 'unsafe-inline'; {allowed}",
            "Referrer_Policy": "same-origin",
            "Cache_Control": "no-store",
        }
        self.send_response(status)
        for header, value in headers.items():
            self.send_header(header.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing: addresses hold codes."""


def form(action: str, button: str, *, look: str = "main", **hidden: str) -> str:
    """Write a form of one button."""
    fields = "".join(
        f'<input type=hidden name={name} value="{escape(value)}">' for name, value in hidden.items()
    )
    return (
        f"<form method=post action={action}>{fields}<button class={look}>{button}</button></form>"
    )


def tell(visit: Visit, text: str) -> None:
    """Have the next page say that something was done."""
    visit["told"] = f"<p class=told role=status>{text}</p>"
