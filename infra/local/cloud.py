"""Run the local cloud so that what it acknowledged survives `kill -9`.

MiniStack keeps DynamoDB in memory and saves it on a clean stop only. This wraps it: each write
is journaled after it succeeded and before the answer leaves; starting loads the last snapshot
and replays the journal. Writes pass one at a time, so the journal's order is the order in which
they happened. Stream records are part of snapshots, and a replayed write makes its record again:
consumers see each change at least once, as with the real service.

Keys, roles, functions and routes live in snapshots only: `POST /_carnet/snapshot` takes one, and
so does every five hundredth write: what a restart redoes, consumers read again before what is new.
It refuses to know the product: nothing here depends on tables or routes.
"""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from infra.local import amendments, asgi
from infra.local.config import ACCESS_KEY, ACCOUNT, REGION, SECRET_KEY
from infra.local.journal import WRITES_AT_MOST, Journal, Write

if TYPE_CHECKING:
    from infra.local.asgi import Receive, Scope, Send

SNAPSHOT_PATH: Final = "/_carnet/snapshot"
STREAMS: Final = "carnet_streams"
# Larger than any batch of writes DynamoDB takes (16 MB).
WRITE_LIMIT_BYTES: Final = 20 * 1024 * 1024
WRITE_TIMEOUT_SECONDS: Final = 30
_PREFIX: Final = "DynamoDB_20120810."
WRITES: Final = frozenset(
    _PREFIX + name
    for name in (
        "PutItem",
        "UpdateItem",
        "DeleteItem",
        "BatchWriteItem",
        "TransactWriteItems",
        "ExecuteStatement",
        "BatchExecuteStatement",
        "ExecuteTransaction",
        "CreateTable",
        "UpdateTable",
        "DeleteTable",
        "UpdateTimeToLive",
    )
)

_log = logging.getLogger("carnet.cloud")


def environment(state: Path, port: int, snapshot: Path) -> dict[str, str]:
    """Return what MiniStack must find in its environment before it is imported."""
    return {
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "AUTH": "true",
        "PERSIST_STATE": "1",
        "STATE_DIR": str(snapshot),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(state / "s3"),
        "LAMBDA_EXECUTOR": "local",
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "MINISTACK_REGION": REGION,
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "LOG_LEVEL": "WARNING",
    }


class DurableCloud:
    """MiniStack behind a journal."""

    def __init__(self, journal: Journal, functions: Path) -> None:
        # Imported here: MiniStack reads its environment when it is imported.
        from ministack import app as ministack  # noqa: PLC0415  only the local cloud has ministack
        from ministack.core import persistence  # noqa: PLC0415  only the local cloud has ministack

        amendments.apply(functions)
        self._journal = journal
        self._ministack = ministack
        self._persistence = persistence
        self._one_write = asyncio.Lock()
        self._expected: list[str] = []
        self._since = 0  # writes journaled since the snapshot in force

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] == "lifespan":
            await self._lifespan(scope, receive, send)
        elif scope["type"] == "http" and scope["path"] == SNAPSHOT_PATH:
            async with self._one_write:
                self.take_snapshot()
            await asgi.answer_json(send, 200, {"status": "saved"})
        elif scope["type"] == "http" and asgi.header(scope, b"x-amz-target") in WRITES:
            await self._write(scope, receive, send)
        else:
            await self._ministack.app(scope, receive, send)

    async def _write(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one write through, journal it if it succeeded, and only then answer."""
        body = await asgi.read_body(receive, WRITE_LIMIT_BYTES, WRITE_TIMEOUT_SECONDS)
        messages: list[Any] = []

        async def once() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def hold(message: Any) -> None:  # noqa: ANN401  ministack and boto3 clients have no types
            messages.append(message)

        async with self._one_write:
            await self._ministack.app(scope, once, hold)
            if messages[0]["status"] == 200:  # noqa: PLR2004  a status, said by the line
                target = asgi.header(scope, b"x-amz-target")
                self._journal.append(Write(int(time.time()), target, body))
                self._since += 1
            if self._since >= WRITES_AT_MOST:
                self._shorten_journal()
        for message in messages:
            await send(message)

    def _shorten_journal(self) -> None:
        """Take a snapshot; if it cannot be, go on with the journal and try again in a while."""
        self._since = 0
        try:
            self.take_snapshot()
        except RuntimeError:
            _log.exception("The journal goes on")

    async def _lifespan(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def receiving() -> Any:  # noqa: ANN401  ministack and boto3 clients have no types
            message = await receive()
            if message["type"] == "lifespan.shutdown":
                # MiniStack saves itself while it stops: into the next generation's folder.
                self._begin()
            return message

        async def sending(message: Any) -> None:  # noqa: ANN401  ministack and boto3 clients have no types
            if message["type"] == "lifespan.startup.complete":
                await self._restore()
            elif message["type"] == "lifespan.shutdown.complete":
                self._save_streams()
                self._commit()
            await send(message)

        await self._ministack.app(scope, receiving, sending)

    def take_snapshot(self) -> None:
        """Save everything as the next generation; the caller holds writes off."""
        self._begin()
        self._persistence.save_all(self._ministack._build_persistence_save_dict())  # noqa: SLF001  ministack has no public way
        self._save_streams()
        self._commit()

    def _begin(self) -> None:
        """Point MiniStack at the next generation, and note which services must be in it."""
        from ministack.services import lambda_svc  # noqa: PLC0415  only the local cloud has ministack

        folder = self._journal.begin()
        self._persistence.STATE_DIR = str(folder)
        lambda_svc.CODE_BLOB_DIR = str(folder / "lambda-blobs")
        self._expected = [*self._ministack._build_persistence_save_dict(), STREAMS]  # noqa: SLF001  ministack has no public way

    def _commit(self) -> None:
        """Put the snapshot in force unless a part is missing: MiniStack only logs a failed save."""
        lost = [name for name in self._expected if self._journal.kept(f"{name}.json")]
        if lost:
            raise RuntimeError(f"not saved: {', '.join(lost)}; the snapshot was not kept")
        self._journal.commit()
        self._since = 0

    async def _restore(self) -> None:
        """Bring back stream records, then redo what was acknowledged since the snapshot."""
        from ministack.services import dynamodb  # noqa: PLC0415  only the local cloud has ministack

        for name, records in (self._persistence.load_state(STREAMS) or {}).items():
            getattr(dynamodb, name).update(records)
        count = 0
        for write in self._journal.replay():
            if not await _redo(dynamodb, write):
                # Its condition may have held because an expired row had been swept.
                _expire(dynamodb, write.at)
                if not await _redo(dynamodb, write):
                    raise RuntimeError(f"an acknowledged {write.target} could not be redone")
            count += 1
        self._since = count
        if count:
            _log.warning("%d acknowledged writes redone", count)

    def _save_streams(self) -> None:
        """Save what MiniStack forgets: without it, saved positions would skip new records."""
        from ministack.services import dynamodb  # noqa: PLC0415  only the local cloud has ministack

        names = ("_stream_records", "_stream_trimmed")
        state = {name: getattr(dynamodb, name) for name in names}
        self._persistence.save_state(STREAMS, state)


async def _redo(dynamodb: Any, write: Write) -> bool:  # noqa: ANN401  MiniStack has no types
    headers = {"x-amz-target": write.target}
    status, _, _ = await dynamodb.handle_request("POST", "/", headers, write.body, {})
    return bool(status == 200)  # noqa: PLR2004  a status, said by the line


def _expire(dynamodb: Any, now: int) -> None:  # noqa: ANN401  ministack and boto3 clients have no types
    """Sweep what had expired at that time, as MiniStack's own sweeper does each minute."""
    for (account, region, name), setting in list(dynamodb._ttl_settings.all_items()):  # noqa: SLF001  ministack has no public way
        table = dynamodb._tables.get_scoped(account, region, name)  # noqa: SLF001  ministack has no public way
        attribute = setting.get("AttributeName")
        for partition, rows in list(table["items"].items()):
            for sort, row in list(rows.items()):
                if attribute in row and float(row[attribute]["N"]) <= now:
                    dynamodb._remove_item(table, partition, sort)  # noqa: SLF001  ministack has no public way


def main(state: Path, port: int) -> None:
    """Hold the state folder and serve until told to stop."""
    state.mkdir(parents=True, exist_ok=True)
    with (state / "lock").open("w", encoding="ascii") as lock:
        # A cloud that is still saving itself finishes first.
        fcntl.flock(lock, fcntl.LOCK_EX)
        journal = Journal(state)
        os.environ.update(environment(state, port, journal.snapshot))
        asgi.serve(DurableCloud(journal, state / "functions"), port)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
