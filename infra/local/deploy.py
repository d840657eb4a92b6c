"""Deploy the packaged production template onto the local cloud.

Nothing is packaged or deployed again while its inputs are the same.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
from typing import TYPE_CHECKING, Any, Final

import boto3
from botocore.exceptions import ClientError

from infra import package
from infra.local import tools
from infra.local.config import ACCESS_KEY, PROVIDER_SECRETS, REGION, SECRET_KEY, Config
from infra.local.progress import step

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

STACK: Final = "carnet-local"
PREFIX: Final = "carnet-local"
ARTIFACTS: Final = "carnet-local-artifacts"
MAIL_SENDER: Final = "ne-pas-repondre@carnet.example"
OPERATOR_EMAIL: Final = "exploitation@carnet.example"
CAPABILITIES: Final = ("CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND")
# What the package is made of, besides the Python that builds it.
INPUTS: Final = (
    "app.py",
    "requirements.txt",
    ".chalice/config.json",
    "chalicelib",
    "infra/alarms.py",
    "infra/functions.py",
    "infra/gateway.py",
    "infra/operator_roles.py",
    "infra/package.py",
    "infra/policies.py",
    "infra/stores.py",
    "infra/template.py",
    "infra/local/deploy.py",
)


def administrator(config: Config) -> dict[str, str]:
    """Return the environment in which an AWS client is the local cloud's administrator."""
    return {
        "AWS_ENDPOINT_URL": config.cloud_url,
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",
    }


def client(service: str, config: Config) -> Any:  # noqa: ANN401  clients are made at run time
    """Return an administrator's client of one service."""
    return boto3.client(  # type: ignore[call-overload]  # the service name is a variable
        service,
        endpoint_url=config.cloud_url,
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=SECRET_KEY,
        region_name=REGION,
    )


def parameters(config: Config) -> dict[str, str]:
    """Return the parameters of the stack on this machine."""
    login = {
        f"{provider}{name}": value
        for provider, slug in ((slug.capitalize(), slug) for slug in PROVIDER_SECRETS)
        for name, value in (
            ("Issuer", f"{config.providers_url}/{slug}"),
            ("ClientId", "carnet"),
            ("ClientSecret", PROVIDER_SECRETS[slug]),
        )
    }
    return {
        "Prefix": PREFIX,
        "PublicBaseUrl": config.url,
        "MailSender": MAIL_SENDER,
        "OperatorEmail": OPERATOR_EMAIL,
        "RequireTls": "false",
        "ArchiveRetentionDays": "1",
        "ClamdAddress": os.environ.get("CLAMD_ADDRESS", ""),
        **login,
    }


def deploy(config: Config) -> bool:
    """Bring the stack up to date; return whether anything changed.

    Raises:
        RuntimeError: the stack failed; the reason of its first failed resource is the message.
    """
    wanted = {"fingerprint": _fingerprint(), "parameters": parameters(config)}
    deployed = _read(config.stack_file)
    if {key: deployed.get(key) for key in wanted} == wanted:
        return False
    out = config.state / "package"
    if _read(out / "fingerprint.json") != {"fingerprint": wanted["fingerprint"]}:
        with step("the functions’ package"):
            package.build(package.host_stage(), out)
        _write(out / "fingerprint.json", {"fingerprint": wanted["fingerprint"]})
    with step("deployment onto the local cloud"):
        outputs = _apply(config, out)
    if not deployed:
        client("sesv2", config).create_email_identity(EmailIdentity=MAIL_SENDER)
    _write(config.stack_file, {**wanted, "outputs": outputs})
    return True


def outputs(config: Config) -> dict[str, str]:
    """Return the outputs of the deployed stack."""
    found: dict[str, str] = _read(config.stack_file)["outputs"]
    return found


def operator_environment(config: Config) -> dict[str, str]:
    """Return the environment of a command with all rights: the seed.

    A command of the operator has those of its role instead (`operator_credentials`).
    """
    values, chosen = outputs(config), parameters(config)
    return {
        **administrator(config),
        "CARNET_PREFIX": PREFIX,
        "STAGE": "local",
        "PUBLIC_BASE_URL": config.url,
        "DOCUMENTS_BUCKET": values["DocumentsBucketName"],
        "ARCHIVE_BUCKET": values["ArchiveBucketName"],
        "NOTIFY_QUEUE_URL": values["NotifyQueueUrl"],
        "REMIND_QUEUE_URL": values["RemindQueueUrl"],
        "INGEST_QUEUE_URL": values["IngestQueueUrl"],
        "KMS_ROOT_KEY_ARN": values["RootKeyArn"],
        "KMS_TRACE_KEY_ARN": values["TraceKeyArn"],
        "KMS_SEAL_KEY_ARN": values["SealKeyArn"],
        "KMS_TOKEN_KEY_ARN": values["TokenKeyArn"],
        "MAIL_SENDER": MAIL_SENDER,
        "MAIL_TRANSPORT": "ses",
        "OIDC_FRANCECONNECT_ISSUER": chosen["FranceconnectIssuer"],
        "OIDC_PSC_ISSUER": chosen["PscIssuer"],
    }


def operator_credentials(config: Config, role: str) -> dict[str, str]:
    """Return the variables of an operator who works under one role of the stack, for an hour."""
    given = client("sts", config).assume_role(RoleArn=role, RoleSessionName="operator")
    return {
        "AWS_ACCESS_KEY_ID": given["Credentials"]["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": given["Credentials"]["SecretAccessKey"],
        "AWS_SESSION_TOKEN": given["Credentials"]["SessionToken"],
    }


def _apply(config: Config, out: Path) -> dict[str, str]:
    storage, stacks = client("s3", config), client("cloudformation", config)
    digest = hashlib.sha256((out / "deployment.zip").read_bytes()).hexdigest()
    if ARTIFACTS not in {bucket["Name"] for bucket in storage.list_buckets()["Buckets"]}:
        place = {"LocationConstraint": REGION}
        storage.create_bucket(Bucket=ARTIFACTS, CreateBucketConfiguration=place)
    storage.upload_file(str(out / "deployment.zip"), ARTIFACTS, f"{digest}.zip")
    template = json.loads((out / "sam.json").read_text(encoding="utf-8"))
    for resource in template["Resources"].values():
        if "CodeUri" in resource.get("Properties", {}):
            resource["Properties"]["CodeUri"] = {"Bucket": ARTIFACTS, "Key": f"{digest}.zip"}
    storage.put_object(Bucket=ARTIFACTS, Key="template.json", Body=json.dumps(template).encode())
    request = {
        "StackName": STACK,
        "TemplateURL": f"{config.cloud_url}/{ARTIFACTS}/template.json",
        "Capabilities": list(CAPABILITIES),
        "Parameters": [
            {"ParameterKey": key, "ParameterValue": value}
            for key, value in parameters(config).items()
        ],
    }
    _create_or_update(stacks, request)
    return _outputs(stacks)


def _create_or_update(stacks: Any, request: dict[str, Any]) -> None:  # noqa: ANN401  ministack and boto3 clients have no types
    try:
        stacks.describe_stacks(StackName=STACK)
    except ClientError:
        kind = "create"
        stacks.create_stack(**request)
    else:
        kind = "update"
        try:
            stacks.update_stack(**request)
        except ClientError as error:
            if "No updates" in str(error):
                return
            raise
    waiter = stacks.get_waiter(f"stack_{kind}_complete")
    try:
        waiter.wait(StackName=STACK, WaiterConfig={"Delay": 1, "MaxAttempts": 120})
    except Exception as error:
        reasons = list(_failures(stacks))
        raise RuntimeError("; ".join(reasons) or str(error)) from error


def _failures(stacks: Any) -> Iterator[str]:  # noqa: ANN401  ministack and boto3 clients have no types
    events = stacks.describe_stack_events(StackName=STACK)["StackEvents"]
    for event in events:
        if event["ResourceStatus"].endswith("FAILED"):
            yield f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', 'no reason')}"


def _outputs(stacks: Any) -> dict[str, str]:  # noqa: ANN401  ministack and boto3 clients have no types
    stack = stacks.describe_stacks(StackName=STACK)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}


def _fingerprint() -> str:
    return tools.digest(tools.sources(*INPUTS)) + platform.machine()


def _read(path: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return found


def _write(path: Path, value: dict[str, Any]) -> None:
    """Replace a file whole: others read it while we write."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    fresh.write_text(json.dumps(value, indent=2), encoding="utf-8")
    fresh.replace(path)
