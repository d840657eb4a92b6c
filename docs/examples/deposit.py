"""Deposit a document from software, in the four steps of ../depositing.md. To read, then to adapt.

    python deposit.py key FOLDER                      make a key pair; print the public key
    python deposit.py send CLIENT PERSON DOCUMENT     deposit a file (CDA R2) in a person's record

CLIENT is a JSON file with `client_id`, `token_endpoint` and `private_key` (the path of a JWK);
PERSON one with the `ins` and the traits. It needs `joserfc` (any JOSE library will do).
"""

import base64
import hashlib
import json
import secrets
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from joserfc import jwt
from joserfc.jwk import ECKey

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
JSON_BYTES = 3 * 1024 * 1024  # above, the bytes follow in a request of their own


def main(arguments: list[str]) -> int:
    match arguments:
        case ["key", folder]:
            make_key(Path(folder))
        case ["send", client, person, document]:
            send(read(client), read(person), Path(document).read_bytes())
        case _:
            print(__doc__)
            return 2
    return 0


def make_key(folder: Path) -> None:
    key = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True)
    secret = folder / "private.jwk.json"
    secret.touch(mode=0o600, exist_ok=False)
    secret.write_text(json.dumps(key.as_dict(private=True)), encoding="utf-8")
    print(json.dumps(key.as_dict(private=False), indent=1))  # register this one


def send(client: dict[str, str], person: dict[str, str], content: bytes) -> None:
    origin = client["token_endpoint"].removesuffix("/oauth/token")
    granted = ask(lambda: token_request(client))
    bearer = {"Authorization": f"Bearer {granted['access_token']}"}
    print(f"A token for {granted['expires_in']} seconds.")

    found = ask(lambda: post(f"{origin}/v1/patients/lookup", person, bearer))
    if not found["accepts_deposits"]:
        print("No deposit: no space, a closed one, or other traits. Nothing says which.")
        return
    print(f"A handle until {found['handle_expires_at']}.")

    # The same file has the same key: sent again, it makes no second document.
    headers = bearer | {"Idempotency-Key": hashlib.sha256(content).hexdigest()}
    path = f"{origin}/v1/patients/{found['handle']}/documents"
    if len(content) <= JSON_BYTES:
        draft: dict[str, object] = {"content": base64.b64encode(content).decode()}
        answer = ask(lambda: post(path, draft, headers))
    else:
        draft = {"content": None, "size_bytes": len(content)}
        place = origin + ask(lambda: post(path, draft, headers))["upload"]["href"]
        raw = bearer | {"Content-Type": "application/octet-stream"}
        answer = ask(lambda: Request(place, content, raw, method="PUT"))
    print(f"Deposited: {json.dumps(answer, ensure_ascii=False, indent=1)}")


def token_request(client: dict[str, str]) -> Request:
    """Sign a new assertion, because each serves once."""
    key = ECKey.import_key(read(client["private_key"]))
    me, endpoint, now = client["client_id"], client["token_endpoint"], int(time.time())
    claims = {"iss": me, "sub": me, "aud": endpoint, "iat": now, "exp": now + 60}
    claims["jti"] = secrets.token_urlsafe(16)
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": ASSERTION,
        "client_assertion": jwt.encode({"alg": "ES256", "kid": key.kid}, claims, key),
    }
    return Request(endpoint, urlencode(form).encode())


def post(url: str, body: object, headers: dict[str, str]) -> Request:
    return Request(url, json.dumps(body).encode(), headers | {"Content-Type": "application/json"})


def ask(request: Callable[[], Request]) -> dict[str, Any]:
    """Send a request, and again when the service says to wait or says nothing."""
    for pause in (1, 2, 5, 10, 0):
        try:
            with urlopen(request(), timeout=30) as answer:
                return dict(json.load(answer))
        except HTTPError as refused:
            wait = int(refused.headers.get("Retry-After", 0))
            if not wait or not pause:
                number = refused.headers["X-Request-Id"]
                sys.exit(f"{refused.code} {refused.read().decode()}\nrequest {number}")
            time.sleep(wait)
        except URLError as silence:
            if not pause:
                sys.exit(f"no answer: {silence.reason}")
            time.sleep(pause)
    raise AssertionError("the last turn returns or exits")


def read(file: str) -> dict[str, Any]:
    return dict(json.loads(Path(file).read_text(encoding="utf-8")))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
