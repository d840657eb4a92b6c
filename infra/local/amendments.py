"""Amend MiniStack where its ways would loosen a production policy, or starve a small machine.

The last two change no answer; the others are what AWS does. It refuses to add anything else.
Each is to be removed when MiniStack does it by itself.
"""

from __future__ import annotations

import functools
import hashlib
import json
import shutil
import tempfile
import threading
import types
import zipfile
from pathlib import Path
from typing import Any, Final

RE_ENCRYPT: Final = "TrentService.ReEncrypt"
_EXPRESSIONS: Final = 1_000  # kept in memory; the product has some two hundred
# AWS has no permission of its own for a batch of messages, nor one word for re-encrypting.
ACTIONS: Final = {
    "kms:ReEncrypt": "kms:ReEncryptFrom",
    "sqs:SendMessageBatch": "sqs:SendMessage",
    "sqs:ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
}


def apply(functions: Path) -> None:
    """Amend MiniStack, once per process; functions are unpacked into the folder given."""
    _authorise_mail_by_sender()
    _re_encrypt()
    _tell_encryption_context()
    _name_actions()
    _unpack_once(functions)
    _parse_once()


def _authorise_mail_by_sender() -> None:
    """Check a mail against its sender's identity; MiniStack checks it against `*`."""
    from ministack.core import iam_actions  # noqa: PLC0415  imported after its environment is set

    named = iam_actions._ses_v2_resource_arn  # noqa: SLF001  ministack has no public way

    def resource(method: str, path: str, body: bytes, region: str, account: str) -> str:
        if path.endswith("/outbound-emails"):
            sender = json.loads(body).get("FromEmailAddress", "")
            return f"arn:aws:ses:{region}:{account}:identity/{sender}"
        return str(named(method, path, body, region, account))

    iam_actions._ses_v2_resource_arn = resource  # noqa: SLF001  ministack has no public way


def _re_encrypt() -> None:
    """Offer ReEncrypt, without which branch keys cannot be made; MiniStack has none.

    It is authorised as ReEncryptFrom on the key of the ciphertext. AWS checks ReEncryptTo on the
    destination as well: for us both are the same key.
    """
    from ministack.core.responses import json_response  # noqa: PLC0415  only the local cloud has ministack
    from ministack.services import kms  # noqa: PLC0415  only the local cloud has ministack

    handle = kms.handle_request

    async def handled(*request: Any) -> Any:  # noqa: ANN401  ministack and boto3 clients have no types
        _, _, headers, body, _ = request
        if headers.get("x-amz-target") != RE_ENCRYPT:
            return await handle(*request)
        asked = json.loads(body)
        source, target = asked.get("SourceKeyId", ""), asked["DestinationKeyId"]
        opening = {"CiphertextBlob": asked["CiphertextBlob"], "KeyId": source}
        opened = kms._decrypt(  # noqa: SLF001  ministack has no public way
            {**opening, "EncryptionContext": asked.get("SourceEncryptionContext", {})}
        )
        if opened[0] != 200:  # noqa: PLR2004  a status, said by the line
            return opened
        closing = {"KeyId": target, "Plaintext": json.loads(opened[2])["Plaintext"]}
        closed = kms._encrypt(  # noqa: SLF001  ministack has no public way
            {**closing, "EncryptionContext": asked.get("DestinationEncryptionContext", {})}
        )
        if closed[0] != 200:  # noqa: PLR2004  a status, said by the line
            return closed
        return json_response(
            {**json.loads(closed[2]), "SourceKeyId": json.loads(opened[2])["KeyId"]}
        )

    kms.handle_request = handled


def _tell_encryption_context() -> None:
    """Let policies of keys name an encryption context; MiniStack knows no such condition."""
    from ministack.core import iam_actions  # noqa: PLC0415  only the local cloud has ministack

    context_of = iam_actions.request_tag_context

    def context(service: str, action: str, body: bytes, *rest: Any) -> dict[str, Any]:  # noqa: ANN401  ministack and boto3 clients have no types
        found: dict[str, Any] = context_of(service, action, body, *rest)
        if service != "kms":
            return found
        named = json.loads(body or b"{}").get("EncryptionContext") or {}
        return found | {f"kms:encryptioncontext:{key.lower()}": of for key, of in named.items()}

    iam_actions.request_tag_context = context


def _name_actions() -> None:
    """Name as AWS does the permissions that MiniStack names after the operation."""
    from ministack.core import iam_actions  # noqa: PLC0415  only the local cloud has ministack

    action_of = iam_actions.extract_iam_action

    def action(*request: Any) -> str | None:  # noqa: ANN401  ministack and boto3 clients have no types
        name: str | None = action_of(*request)
        return ACTIONS.get(name or "", name)

    iam_actions.extract_iam_action = action


def _unpack_once(functions: Path) -> None:
    """Unpack one package once, for all its functions and processes, and keep its bytecode.

    MiniStack unpacks it again for each process of each function, which then compiles it again:
    on two cores, minutes of a restart.
    """
    from ministack.core import lambda_runtime  # noqa: PLC0415  only the local cloud has ministack

    functions.mkdir(parents=True, exist_ok=True)
    one_at_a_time = threading.Lock()

    class UnpackedOnce(zipfile.ZipFile):
        def extractall(self, path: Any = None, *_: Any, **__: Any) -> None:  # noqa: ANN401  ministack and boto3 clients have no types
            digest = hashlib.sha256(Path(str(self.filename)).read_bytes()).hexdigest()
            shared = functions / digest
            with one_at_a_time:
                if not shared.exists():
                    for older in functions.iterdir():
                        shutil.rmtree(older, ignore_errors=True)
                    fresh = Path(tempfile.mkdtemp(dir=functions))
                    super().extractall(fresh)
                    fresh.rename(shared)
            Path(path).rmdir()
            Path(path).symlink_to(shared)

    names = {**vars(zipfile), "ZipFile": UnpackedOnce}
    lambda_runtime.zipfile = types.SimpleNamespace(**names)


def _parse_once() -> None:
    """Read an expression once; MiniStack reads it again for each item that it is put to."""
    from ministack.services import dynamodb  # noqa: PLC0415  only the local cloud has ministack

    remembered = functools.lru_cache(_EXPRESSIONS)
    tokens_of = remembered(dynamodb._tokenize)  # noqa: SLF001  ministack has no public way
    dynamodb._tokenize = lambda expression: list(tokens_of(expression))  # noqa: SLF001  ministack has no public way
    dynamodb._condition_syntax_error = remembered(dynamodb._condition_syntax_error)  # noqa: SLF001  ministack has no public way
