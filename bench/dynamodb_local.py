"""DynamoDB Local, which counts capacity units as DynamoDB bills them: fetched, started, filled.

The npm package's archive is known by its digest; none of what it would install comes with it.
"""

import base64
import contextlib
import json
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from http.client import HTTPConnection
from itertools import islice
from typing import Any, Final

from chalicelib.core import tables as declared
from infra.local import tools
from infra.local.config import ROOT

_PACKAGE: Final = "amplify-dynamodb-simulator@2.9.30"
_SHA512: Final = (
    "xTeeRLvzEfqyd5lh3bH4c0kHvSHHmmhD5ZDsHFKAQ5g2Zl6JqlFdutaQhCLHzxEp6Ry1o7TB6niIoXuQAnSewQ=="
)
_FOLDER: Final = ROOT / ".venv-web" / "dynamodb-local"
_JAR: Final = _FOLDER / "DynamoDBLocal.jar"
_START_SECONDS: Final = 60
_BATCH: Final = 25  # writes of one request, at most
AUTHORIZATION: Final = (
    "AWS4-HMAC-SHA256 Credential=testing/20260101/eu-west-3/dynamodb/aws4_request, "
    "SignedHeaders=host, Signature=0"
)
Items = dict[tuple[str, str], dict[str, Any]]


class MissingError(Exception):
    """DynamoDB Local cannot run here; the message says what is missing."""


class DynamoDBLocal:
    """One server, with its contents in memory; requests are raw, for no SDK is to count them."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/"

    def ask(self, operation: str, body: dict[str, Any]) -> dict[str, Any]:
        """Send one request, in the words of the protocol; binary values stay in base 64."""
        request = urllib.request.Request(  # noqa: S310  our own server on the loopback
            self.url, data=json.dumps(body).encode(), headers=_headers(operation)
        )
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310  as above
            told: dict[str, Any] = json.load(answer)
            return told

    def create_tables(self, prefix: str) -> None:
        """Make the product's tables, without what expires and streams: neither is billed here."""
        for table in declared.TABLES:
            self.ask(
                "CreateTable",
                {
                    "TableName": table.physical_name(prefix),
                    "BillingMode": "PAY_PER_REQUEST",
                    **declared.key_definition(table),
                },
            )

    def load(self, wanted: dict[str, Items]) -> None:
        """Hold these items and no others, by the fewest writes."""
        for name, items in wanted.items():
            table = next(one for one in declared.TABLES if name.endswith(f"-{one.name}"))
            keys = (table.hash_key, table.range_key)
            held = {tuple(item[key]["S"] for key in keys): item for item in self._scan(name)}
            gone = [
                {"DeleteRequest": {"Key": {key: held[place][key] for key in keys}}}
                for place in held.keys() - items.keys()
            ]
            self.write(name, gone)
            changed = (item for place, item in items.items() if held.get(place) != item)
            self.put(name, changed)

    def put(self, table: str, items: Iterator[dict[str, Any]]) -> None:
        """Put items into a table."""
        self.write(table, [{"PutRequest": {"Item": item}} for item in items])

    def write(self, table: str, requests: list[dict[str, Any]]) -> None:
        """Write, as many at a time as may be."""
        for first in range(0, len(requests), _BATCH):
            left = {table: requests[first : first + _BATCH]}
            while left:
                left = self.ask("BatchWriteItem", {"RequestItems": left})["UnprocessedItems"]

    def put_texts(self, table: str, items: Iterator[str]) -> None:
        """Put new items, written as the protocol has them already: many, on one connection."""
        connection = HTTPConnection(self.url.split("/")[2])
        with contextlib.closing(connection):
            while batch := list(islice(items, _BATCH)):
                puts = ",".join(f'{{"PutRequest":{{"Item":{item}}}}}' for item in batch)
                body = f'{{"RequestItems":{{"{table}":[{puts}]}}}}'
                connection.request("POST", "/", body.encode(), _headers("BatchWriteItem"))
                with connection.getresponse() as answer:
                    left = json.load(answer)["UnprocessedItems"]
                while left:
                    left = self.ask("BatchWriteItem", {"RequestItems": left})["UnprocessedItems"]

    def _scan(self, table: str) -> Iterator[dict[str, Any]]:
        start: dict[str, Any] = {}
        while True:
            page = self.ask("Scan", {"TableName": table, **start})
            yield from page["Items"]
            if "LastEvaluatedKey" not in page:
                return
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


def _headers(operation: str) -> dict[str, str]:
    return {
        "Content-Type": "application/x-amz-json-1.0",
        "X-Amz-Target": f"DynamoDB_20120810.{operation}",
        "Authorization": AUTHORIZATION,
    }


def on_the_wire(item: dict[str, Any]) -> dict[str, Any]:
    """Write an item's binary values in base 64, as the protocol has them."""
    return json.loads(json.dumps(item, default=lambda value: base64.b64encode(value).decode()))  # type: ignore[no-any-return]


@contextlib.contextmanager
def running() -> Iterator[DynamoDBLocal]:
    """Run a server on a port that nobody uses; fetch it the first time.

    Raises:
        MissingError: no Java, or the package was not given, or the server does not start.
    """
    java = shutil.which("java")
    if java is None:
        raise MissingError("there is no Java on this machine (Debian: default-jre-headless)")
    _fetch()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [java, "-Xmx2g", f"-Djava.library.path={_FOLDER / 'DynamoDBLocal_lib'}"]
    process = subprocess.Popen(  # noqa: S603  nothing in it was given by anybody
        [*command, "-jar", str(_JAR), "-inMemory", "-sharedDb", "-port", str(port)],
        cwd=_FOLDER,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _await(process, server := DynamoDBLocal(port))
        yield server
    finally:
        process.terminate()
        process.wait()


def _fetch() -> None:
    if _JAR.exists():
        return
    try:
        tools.folder_of_npm(_PACKAGE, _SHA512, "package/emulator", _FOLDER)
    except (OSError, subprocess.CalledProcessError) as error:
        raise MissingError(f"npm did not give {_PACKAGE}: {error}") from error


def _await(process: "subprocess.Popen[bytes]", server: DynamoDBLocal) -> None:
    end = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < end:
        try:
            server.ask("ListTables", {})
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise MissingError("DynamoDB Local did not start")
