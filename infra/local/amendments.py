"""Correct the two places where MiniStack's answers would make us loosen a production policy.

Each correction is what AWS does; it refuses to add anything else. To be removed when MiniStack
does it by itself.
"""

from __future__ import annotations

import json
from typing import Any, Final

RE_ENCRYPT: Final = "TrentService.ReEncrypt"


def apply() -> None:
    """Correct MiniStack, once per process."""
    _authorise_mail_by_sender()
    _re_encrypt()


def _authorise_mail_by_sender() -> None:
    """Check a mail against its sender's identity; MiniStack checks it against `*`."""
    from ministack.core import iam_actions  # noqa: PLC0415  imported after its environment is set

    named = iam_actions._ses_v2_resource_arn  # noqa: SLF001

    def resource(method: str, path: str, body: bytes, region: str, account: str) -> str:
        if path.endswith("/outbound-emails"):
            sender = json.loads(body).get("FromEmailAddress", "")
            return f"arn:aws:ses:{region}:{account}:identity/{sender}"
        return str(named(method, path, body, region, account))

    iam_actions._ses_v2_resource_arn = resource  # noqa: SLF001


def _re_encrypt() -> None:
    """Offer ReEncrypt, without which branch keys cannot be made; MiniStack has none.

    It is authorised as ReEncryptFrom on the key of the ciphertext. AWS checks ReEncryptTo on the
    destination as well: for us both are the same key.
    """
    from ministack.core import iam_actions  # noqa: PLC0415
    from ministack.core.responses import json_response  # noqa: PLC0415
    from ministack.services import kms  # noqa: PLC0415

    handle, action_of = kms.handle_request, iam_actions.extract_iam_action

    async def handled(*request: Any) -> Any:  # noqa: ANN401
        _, _, headers, body, _ = request
        if headers.get("x-amz-target") != RE_ENCRYPT:
            return await handle(*request)
        asked = json.loads(body)
        source, target = asked.get("SourceKeyId", ""), asked["DestinationKeyId"]
        opening = {"CiphertextBlob": asked["CiphertextBlob"], "KeyId": source}
        opened = kms._decrypt(  # noqa: SLF001
            {**opening, "EncryptionContext": asked.get("SourceEncryptionContext", {})}
        )
        if opened[0] != 200:  # noqa: PLR2004
            return opened
        closing = {"KeyId": target, "Plaintext": json.loads(opened[2])["Plaintext"]}
        closed = kms._encrypt(  # noqa: SLF001
            {**closing, "EncryptionContext": asked.get("DestinationEncryptionContext", {})}
        )
        if closed[0] != 200:  # noqa: PLR2004
            return closed
        return json_response(
            {**json.loads(closed[2]), "SourceKeyId": json.loads(opened[2])["KeyId"]}
        )

    def action(*request: Any) -> str | None:  # noqa: ANN401
        name: str | None = action_of(*request)
        return "kms:ReEncryptFrom" if name == "kms:ReEncrypt" else name

    kms.handle_request = handled
    iam_actions.extract_iam_action = action
