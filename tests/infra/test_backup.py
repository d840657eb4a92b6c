"""R25: an installation copied into a folder and put back is the same, and tells nobody twice."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from chalicelib.core.aws import client
from chalicelib.core.rows import table_name
from chalicelib.core.settings import settings
from chalicelib.workers.archive import archive
from chalicelib.workers.notify import notify
from chalicelib.workers.relay import relay
from infra import commands, operator
from infra.backup import folder as folders
from tests import double
from tests.audit.histories import images, proof, public_keys, seal, verifier
from tests.http_client import Client
from tests.injector import Faults, KilledError
from tests.workers.lambda_events import from_queue, from_stream, serve, stored
from tests.worlds import UPLOADED, World


@pytest.fixture
def folder(world: World, tmp_path: Path) -> Path:
    """Copy a world of which one history is sealed, and every event told."""
    commands.init()
    seal(world.person.pid)
    serve(relay, from_stream(*stored("work", "EV#")))
    assert serve(notify, from_queue(*double.messages())) == []
    assert double.mails()
    assert operator.main(["backup", str(tmp_path / "backup")]) == 0
    return tmp_path / "backup"


@pytest.fixture
def before(folder: Path) -> tuple[double.Tables, dict[str, bytes]]:
    """Return what there was, which is there no more."""
    del folder
    was = double.tables(), double.objects()
    _empty()
    assert not any(double.tables().values())
    assert not double.objects()
    return was


def _empty() -> None:
    nothing: dict[str, Any] = {name: {} for name in double.tables()}
    here = (settings().documents_bucket, settings().archive_bucket)
    files: dict[str, dict[str, bytes]] = {name: {} for name in here}
    double.restore(double.Snapshot(nothing, files, {}))
    double.new_process()


def _restore(folder: Path, *more: str) -> int:
    return operator.main(["restore", str(folder), *more])


def _sessions(tables: double.Tables) -> list[Any]:
    rows = tables[table_name("identity")].values()
    return [row for row in rows if row["kind"]["S"] in {"session", "provider_session"}]


def _is_back(before: tuple[double.Tables, dict[str, bytes]]) -> bool:
    """Tell whether all is there as it was but sessions, of which there is none."""
    was, name = before[0], table_name("identity")
    kept = {key: row for key, row in was[name].items() if row not in _sessions(was)}
    return (double.tables(), double.objects()) == (was | {name: kept}, before[1])


def _log_in(before: tuple[double.Tables, dict[str, bytes]]) -> None:
    for row in _sessions(before[0]):
        client("dynamodb").put_item(TableName=table_name("identity"), Item=row)


def test_all_is_put_back_and_opens(
    folder: Path, before: tuple[Any, Any], http: Client, world: World
) -> None:
    with double.locked_archive():
        assert _restore(folder) == 0

    assert _is_back(before)
    _log_in(before)
    path = f"/v1/patients/{world.person.pid}/documents"
    read = http.get(f"{path}/{world.document}/content", as_=world.person.principal)
    handle = world.handle(world.laboratory)
    sent = http.put(
        f"/v1/patients/{handle}/documents/{world.upload}/content",
        as_=world.laboratory.principal,
        body=UPLOADED,
    )
    assert read.status == 200
    assert read.body.startswith(b"%PDF")
    assert sent.status == 201, sent.body
    assert verifier().verify(proof(world.person), public_keys(), None) == []


def test_what_streams_announce_again_is_told_and_sealed_once(
    folder: Path, before: tuple[Any, Any], world: World
) -> None:
    """Workers that run while rows are put back get each of them as a new one."""
    mails, places = len(double.mails()), len(before[0][table_name("audit")])
    assert _restore(folder) == 0
    events = stored("work", "EV#")

    assert serve(relay, from_stream(*events)) == []
    assert double.messages() == []
    told = [_as_waiting(event) for event in events]
    assert serve(relay, from_stream(*told)) == []  # one of which it was not yet written
    assert len(double.messages()) == len(told) > 0
    assert serve(notify, from_queue(*double.messages())) == []
    assert serve(archive, from_stream(*images(world.person.pid))) == []

    assert len(double.mails()) == mails
    assert len(double.tables()[table_name("audit")]) == places
    _log_in(before)
    assert verifier().verify(proof(world.person), public_keys(), None) == []


def _as_waiting(event: dict[str, Any]) -> dict[str, Any]:
    return event | {"pend_pk": {"S": "PEND#0"}, "pend_sk": {"S": "x"}}


def test_what_streams_announce_comes_after_what_became_of_it(
    folder: Path, before: tuple[Any, Any]
) -> None:
    del before
    put = [name for name in _puts(folder) if name]

    first = min(put.index(kind) for kind in ("trace", "event"))
    assert set(put[first:]) == {"trace", "event"}
    assert {"leaf", "mark", "notice"} <= set(put[:first])


def _puts(folder: Path) -> list[str]:
    """Restore, and return the kind of each row, in the order in which they were put."""
    kinds: list[str] = []
    real = client("dynamodb").put_item
    with pytest.MonkeyPatch.context() as patch:

        def put_item(**given: Any) -> Any:
            kinds.append(given["Item"].get("kind", {}).get("S", ""))
            return real(**given)

        patch.setattr(client("dynamodb"), "put_item", put_item)
        assert _restore(folder) == 0
    return kinds


@pytest.mark.parametrize(
    ("operation", "number"),
    [("dynamodb.PutItem", 1), ("dynamodb.PutItem", 40), ("s3.PutObject", 2)],
)
def test_a_restore_that_was_killed_goes_on(
    folder: Path,
    before: tuple[Any, Any],
    faults: Faults,
    operation: str,
    number: int,
) -> None:
    faults.on(operation, "crash", nth=number)
    with pytest.raises(KilledError):
        _restore(folder)
    faults.clear()
    assert not _is_back(before)

    assert _restore(folder) == 0

    assert _is_back(before)


def test_a_backup_that_was_killed_is_none_until_it_is_made_again(
    world: World, tmp_path: Path, faults: Faults, capsys: pytest.CaptureFixture[str]
) -> None:
    del world
    folder = tmp_path / "backup"
    faults.on("s3.GetObject", "crash")
    with pytest.raises(KilledError):
        operator.main(["backup", str(folder)])
    faults.clear()

    assert _restore(folder) == operator.REFUSED
    assert "did not end: make it again" in capsys.readouterr().err
    assert operator.main(["backup", str(folder)]) == 0
    was = double.tables(), double.objects()
    _empty()
    assert _restore(folder) == 0
    assert _is_back(was)


def test_nobody_is_logged_in_after_it_and_what_else_comes_back_is_told(
    folder: Path,
    before: tuple[Any, Any],
    http: Client,
    world: World,
    capsys: pytest.CaptureFixture[str],
) -> None:
    count = len(_sessions(before[0]))
    assert count > 0

    assert _restore(folder) == 0

    said = capsys.readouterr().out
    assert f"Left out: {count} rows of sessions" in said
    assert f"as of {folders.read_manifest(folder).began}" in said
    path = f"/v1/patients/{world.person.pid}/documents"
    assert http.get(path, as_=world.person.principal).status == 401


def test_only_the_one_that_was_noted_is_put_back(
    folder: Path, before: tuple[Any, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    digest = sha256((folder / "manifest.json").read_bytes()).hexdigest()
    empty = double.everything()
    assert _restore(folder, "--sha256", "0" * 64) == operator.REFUSED
    assert "not the backup of which you noted this; nothing was done" in capsys.readouterr().err
    assert double.everything() == empty

    assert _restore(folder, "--sha256", digest.upper()) == 0
    assert _is_back(before)


def test_its_owner_alone_reads_it(folder: Path) -> None:
    modes = {one.is_dir(): set[int]() for one in (folder, folder / "manifest.json")}
    for one in (folder, *folder.rglob("*")):
        modes[one.is_dir()].add(one.stat().st_mode & 0o777)
    assert modes == {True: {0o700}, False: {0o600}}


def _truncate(folder: Path) -> None:
    file = max((folder / "rows").glob("identity.*"), key=lambda one: one.stat().st_size)
    file.write_bytes(file.read_bytes()[:-40])


def _alter(folder: Path) -> None:
    file = next((folder / "objects").glob("*/*"))
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)


def _lose(folder: Path) -> None:
    next((folder / "objects").glob("*/*")).unlink()


def _other_prefix(folder: Path) -> None:
    _change(folder, "CARNET_PREFIX", "other")


def _other_key(folder: Path) -> None:
    _change(folder, "KMS_ROOT_KEY_ARN", "arn:aws:kms:eu-west-3:123456789012:key/other")


def _change(folder: Path, name: str, value: str) -> None:
    found = json.loads((folder / "manifest.json").read_text())
    found["installation"][name] = value
    (folder / "manifest.json").write_text(json.dumps(found))


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_truncate, "is not as it was written"),
        (_alter, "is not as it was written"),
        (_lose, "is missing"),
        (_other_prefix, "CARNET_PREFIX: not that of the backup"),
        (_other_key, "KMS_ROOT_KEY_ARN: not that of the backup"),
        (lambda folder: (folder / "manifest.json").unlink(), "is no backup"),
        (lambda folder: (folder / "manifest.json").write_text("{"), "cannot be read"),
    ],
)
def test_a_backup_that_is_not_right_is_refused_before_anything_is_written(
    folder: Path,
    before: tuple[Any, Any],
    capsys: pytest.CaptureFixture[str],
    spoil: Any,
    said: str,
) -> None:
    del before
    spoil(folder)
    empty = double.everything()

    assert _restore(folder) == operator.REFUSED

    told = capsys.readouterr().err
    assert said in told
    assert "nothing was done" in told
    assert double.everything() == empty


def test_a_backup_is_never_put_over_what_is_there(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    was = double.everything()

    assert _restore(folder) == operator.REFUSED
    assert operator.main(["backup", str(folder)]) == operator.REFUSED

    assert "is not empty; a backup is never put over what is there" in capsys.readouterr().err
    assert double.everything() == was


def test_a_row_somebody_wrote_meanwhile_stays_and_is_told(
    folder: Path, before: tuple[Any, Any], faults: Faults, capsys: pytest.CaptureFixture[str]
) -> None:
    name = table_name("identity")
    (pk, sk), row = next(iter(before[0][name].items()))
    faults.on("dynamodb.PutItem", "crash")
    with pytest.raises(KilledError):
        _restore(folder)
    faults.clear()
    changed = {**row, "extra": {"S": "somebody's"}}
    client("dynamodb").put_item(TableName=name, Item=changed)

    assert _restore(folder) == 1

    assert "identity: 1 rows were there otherwise" in capsys.readouterr().err
    assert double.tables()[name][pk, sk] == changed


_texts = st.text(max_size=8)
_values = st.recursive(
    st.one_of(
        st.builds(lambda one: {"S": one}, _texts),
        st.builds(lambda one: {"N": str(one)}, st.integers()),
        st.builds(lambda one: {"B": one}, st.binary(max_size=8)),
        st.builds(lambda one: {"BS": one}, st.lists(st.binary(min_size=1), max_size=3)),
        st.just({"NULL": True}),
        st.builds(lambda one: {"BOOL": one}, st.booleans()),
    ),
    lambda inner: st.one_of(
        st.builds(lambda one: {"L": one}, st.lists(inner, max_size=3)),
        st.builds(lambda one: {"M": one}, st.dictionaries(_texts | st.just("B"), inner)),
    ),
    max_leaves=6,
)


@examples(max_examples=40)
@given(st.dictionaries(_texts | st.just("B"), _values, max_size=4))
def test_a_row_is_read_as_it_was_written_in_one_line(row: dict[str, Any]) -> None:
    line = folders.line_of(row)

    assert folders.row_of(line) == row
    assert line.count(b"\n") == 1
