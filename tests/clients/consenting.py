"""A person who is asked by an application, and answers through the API as our screens do."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from chalicelib.core import ids
from infra.local.client import Caller, Reply


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody logged in, and her record."""

    caller: Caller
    pid: str

    def ask(self, method: str, path: str, status: int = 200, body: object = None) -> Any:
        """Send one request about her record, require how it ends, return what came back."""
        target = f"/v1/patients/{self.pid}/{path}"
        reply = self.send(method, target, body)
        assert reply.status == status, reply.body
        return reply.json() if reply.body else None

    def send(self, method: str, target: str, body: object = None, **headers: str) -> Reply:
        """Send one request, which is made once; a version is said as `If_Match`."""
        said = {name.replace("_", "-"): value for name, value in headers.items()}
        key = {"Idempotency-Key": ids.new_id()}
        return self.caller.request(method, target, json_body=body, headers=key | said)

    def consents(self, address: str, without: Collection[str] = ()) -> str:
        """Go where an application sent her, allow all it asks but some; return where she goes."""
        asked = self._asked(address)
        lines = [one["permission"] for one in self._described(asked)["asked"]]
        kept = [line for line in lines if line not in without]
        draft = {"request": asked, "permissions": kept, "months": 1}
        return str(self.ask("POST", "consents", 201, draft)["redirect_url"])

    def declines(self, address: str) -> str:
        """Go where an application sent her, and refuse; return where she goes."""
        return str(self._described(self._asked(address))["decline_url"])

    def withdraws(self, application: str) -> None:
        """Take back what she let an application do."""
        found = self.ask("GET", "consents")["items"]
        (ref,) = [one["id"] for one in found if one["application"]["id"] == application]
        self.ask("DELETE", f"consents/{ref}", 204)

    def told_of(self, name: str, outcome: str) -> list[dict[str, Any]]:
        """Return what her history says an application did, the last first."""
        lines = self.ask("GET", f"trace?others=true&outcome={outcome}")["items"]
        return [one for one in lines if one["actor"]["name"].startswith(name)]

    def _asked(self, address: str) -> str:
        went = self.caller.request("GET", address)
        assert went.status == 303, went.body
        page, _, asked = went.header("Location").partition("#")
        assert page.endswith("/applications/demande"), page
        return asked

    def _described(self, asked: str) -> Any:
        described = self.send("POST", "/v1/consent-requests", {"request": asked})
        assert described.status == 200, described.body
        return described.json()


def log_in(origin: str, persona: str = "dominique") -> Person:
    """Log somebody in, as her browser does."""
    caller = Caller(origin)
    caller.log_in("franceconnect", persona)
    me = caller.request("GET", "/v1/me").json()
    return Person(caller, me["profiles"][0]["patient_id"])
