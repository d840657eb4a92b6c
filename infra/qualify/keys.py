"""What the product asks of KMS, and of all three together through its own code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from infra.qualify.promise import BrokenError, Promise, expect, refused

if TYPE_CHECKING:
    from infra.qualify.promise import Host

_CONTEXT: Final = {"purpose": "qualification"}
_OTHER: Final = {"purpose": "other"}
# A branch key is wrapped under a context that holds the name of its root key.
_NAMED: Final = "the context names the key"
_BAD: Final = ("InvalidCiphertextException", "IncorrectKeyException", "AccessDeniedException")


def _context(host: Host) -> None:
    kms, key = host.client("kms"), host.settings["KMS_ROOT_KEY_ARN"]
    closed = kms.encrypt(KeyId=key, Plaintext=b"x" * 32, EncryptionContext=_CONTEXT)
    opened = kms.decrypt(
        KeyId=key, CiphertextBlob=closed["CiphertextBlob"], EncryptionContext=_CONTEXT
    )
    expect(opened["Plaintext"], b"x" * 32, "what was wrapped")
    with refused(*_BAD):
        kms.decrypt(KeyId=key, CiphertextBlob=closed["CiphertextBlob"], EncryptionContext=_OTHER)


def _one_key(host: Host) -> None:
    kms = host.client("kms")
    closed = kms.encrypt(
        KeyId=host.settings["KMS_ROOT_KEY_ARN"], Plaintext=b"x", EncryptionContext=_CONTEXT
    )
    with refused(*_BAD):
        kms.decrypt(
            KeyId=host.settings["KMS_TRACE_KEY_ARN"],
            CiphertextBlob=closed["CiphertextBlob"],
            EncryptionContext=_CONTEXT,
        )


def _wrapped_only(host: Host) -> None:
    kms, key = host.client("kms"), host.settings["KMS_TOKEN_KEY_ARN"]
    made = kms.generate_data_key_without_plaintext(
        KeyId=key, NumberOfBytes=32, EncryptionContext=_CONTEXT
    )
    if "Plaintext" in made:
        raise BrokenError("the plain key was in the answer")
    opened = kms.decrypt(
        KeyId=key, CiphertextBlob=made["CiphertextBlob"], EncryptionContext=_CONTEXT
    )
    expect(len(opened["Plaintext"]), 32, "bytes of the key")


def _re_encrypt(host: Host) -> None:
    kms, key = host.client("kms"), host.settings["KMS_ROOT_KEY_ARN"]
    closed = kms.encrypt(KeyId=key, Plaintext=b"x", EncryptionContext=_CONTEXT)
    moved = kms.re_encrypt(
        CiphertextBlob=closed["CiphertextBlob"],
        SourceEncryptionContext=_CONTEXT,
        DestinationKeyId=key,
        DestinationEncryptionContext=_OTHER,
    )
    opened = kms.decrypt(
        KeyId=key, CiphertextBlob=moved["CiphertextBlob"], EncryptionContext=_OTHER
    )
    expect(opened["Plaintext"], b"x", "what was wrapped")


PROMISES: Final = (
    Promise("KMS", "what was wrapped opens under its own context only", _context),
    Promise("KMS", "what one key wrapped another does not open", _one_key, _NAMED),
    Promise("KMS", "a data key is made without being shown", _wrapped_only),
    Promise("KMS", "a context is changed inside", _re_encrypt, "two calls do it"),
)
