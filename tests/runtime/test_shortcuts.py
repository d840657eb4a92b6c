"""What is shortened answers as what it stands for."""

from typing import Any

import _dafny
import pytest
from botocore.exceptions import ClientError
from moto.core.request import Request

from chalicelib.core.aws import client
from tests import shortcuts

pytestmark = pytest.mark.usefixtures("aws")

_URL = "https://dynamodb.eu-west-3.amazonaws.com/"
_SENT = {"X-Amz-Target": b"A.B", "Content-Type": "application/x-amz-json-1.0", "X-Own": "é"}


def _shown(request: Any) -> Any:
    shown = {name: getattr(request, name) for name in ("method", "path", "raw_url", "data", "host")}
    return shown | {"headers": sorted(request.headers), "form": dict(request.values)}


@pytest.mark.parametrize(
    ("method", "url", "body"),
    [
        ("POST", _URL, b'{"Key": "A=B&C=D"}'),
        ("POST", _URL, b"Action=Send&Text=a"),
        ("POST", f"{_URL}?a=b", b"{}"),
        ("PUT", f"{_URL}folder/a%20file", b"{}"),
        ("GET", _URL, None),
    ],
)
def test_a_request_says_what_was_sent(method: str, url: str, body: bytes | None) -> None:
    sent = _SENT | {"Content-Length": str(len(body or b""))}
    made = Request.from_primitives(method, url, sent, body)
    assert _shown(made) == _shown(shortcuts._real_request(Request, method, url, sent, body))


@pytest.mark.parametrize(
    "text",
    [
        "arn:aws:kms:eu-west-3:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        "arn:aws:kms:eu-west-3:123456789012:alias/name",
        "arn:aws:kms:eu-west-3:123456789012",
        "arn:aws:dynamodb:eu-west-3:123456789012:table/name",
        "",
    ],
)
def test_the_name_of_a_key_is_read_as_before(text: str) -> None:
    for _ in range(2):
        assert shortcuts._arn(_dafny.Seq(text)) == shortcuts._real_parse(_dafny.Seq(text))


def test_a_sequence_gives_its_elements_in_order() -> None:
    joined = _dafny.Seq("ab") + _dafny.Seq("c")
    assert list(joined) == [joined[place] for place in range(3)] == ["a", "b", "c"]


def test_each_file_and_folder_is_answered_by_its_own() -> None:
    s3, names = client("s3"), [one["Name"] for one in client("s3").list_buckets()["Buckets"]]
    for key in ("a", "folder/b", "a"):
        s3.put_object(Bucket=names[0], Key=key, Body=key.encode())
        assert s3.get_object(Bucket=names[0], Key=key)["Body"].read() == key.encode()
    with pytest.raises(ClientError) as caught:
        s3.get_object(Bucket=names[0], Key="c")
    assert caught.value.response["Error"]["Code"] == "NoSuchKey"


def test_every_answer_has_an_id_of_its_own() -> None:
    answers = [client("dynamodb").list_tables() for _ in range(2)]
    assert len({answer["ResponseMetadata"]["RequestId"] for answer in answers}) == 2
