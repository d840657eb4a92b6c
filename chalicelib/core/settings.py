"""What the environment decides: endpoints, names, keys. The only reader of the environment.

Every host-specific name is here, so that another host is another set of values (D3).
Endpoints and region follow the AWS SDK's own variables (`AWS_ENDPOINT_URL`, `AWS_REGION`).
"""

import os
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class OidcProvider:
    """One OpenID Connect provider: where it is and who we are to it."""

    issuer: str
    client_id: str
    client_secret: str


@dataclass(frozen=True, slots=True)
class Settings:
    """The product's configuration, read once per process."""

    stage: str
    table_prefix: str
    region: str
    public_base_url: str
    documents_bucket: str
    archive_bucket: str
    notify_queue_url: str
    remind_queue_url: str
    ingest_queue_url: str
    kms_root_key_arn: str
    kms_trace_key_arn: str
    kms_seal_key_arn: str
    kms_token_key_arn: str
    mail_transport: str
    mail_sender: str
    operator_email: str
    smtp_host: str
    smtp_port: int
    clamd_address: str
    franceconnect: OidcProvider
    psc: OidcProvider
    proconnect: OidcProvider
    operator: OidcProvider

    @property
    def is_development(self) -> bool:
        """Tell whether all of it is on one machine, other software it speaks of included."""
        return self.stage == "local"


@cache
def settings() -> Settings:
    """Return the configuration.

    Raises:
        LookupError: a required variable is missing; the message names it.
    """
    env = os.environ
    return Settings(
        stage=env.get("STAGE", "local"),
        table_prefix=_required("CARNET_PREFIX"),
        region=env.get("AWS_REGION") or env.get("AWS_DEFAULT_REGION", "eu-west-3"),
        public_base_url=_required("PUBLIC_BASE_URL").rstrip("/"),
        documents_bucket=_required("DOCUMENTS_BUCKET"),
        archive_bucket=_required("ARCHIVE_BUCKET"),
        notify_queue_url=env.get("NOTIFY_QUEUE_URL", ""),
        remind_queue_url=env.get("REMIND_QUEUE_URL", ""),
        ingest_queue_url=env.get("INGEST_QUEUE_URL", ""),
        kms_root_key_arn=_required("KMS_ROOT_KEY_ARN"),
        kms_trace_key_arn=_required("KMS_TRACE_KEY_ARN"),
        kms_seal_key_arn=_required("KMS_SEAL_KEY_ARN"),
        kms_token_key_arn=_required("KMS_TOKEN_KEY_ARN"),
        mail_transport=env.get("MAIL_TRANSPORT", "ses"),
        mail_sender=env.get("MAIL_SENDER", ""),
        operator_email=env.get("OPERATOR_EMAIL", ""),
        smtp_host=env.get("SMTP_HOST", ""),
        smtp_port=int(env.get("SMTP_PORT", "25")),
        clamd_address=_clamd_address(env.get("CLAMD_ADDRESS", "")),
        franceconnect=_provider("FRANCECONNECT"),
        psc=_provider("PSC"),
        proconnect=_provider("PROCONNECT"),
        operator=_provider("OPERATOR"),
    )


def _required(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        raise LookupError(f"{name} is not set: docs/operating.md lists the settings")
    return value


def _clamd_address(text: str) -> str:
    if text and not text.startswith(("tcp://", "unix:///")):
        raise LookupError("CLAMD_ADDRESS is neither tcp://host:port nor unix:///path")
    return text


def _provider(name: str) -> OidcProvider:
    prefix = f"OIDC_{name}_"
    return OidcProvider(
        issuer=os.environ.get(f"{prefix}ISSUER", ""),
        client_id=os.environ.get(f"{prefix}CLIENT_ID", ""),
        client_secret=os.environ.get(f"{prefix}CLIENT_SECRET", ""),
    )
