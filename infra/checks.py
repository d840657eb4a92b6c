"""Check what no linter checks in the packaged product, before anything is deployed."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import zipfile
from typing import TYPE_CHECKING, Any, Final

from chalicelib.core import tables
from infra.policies import table_id
from infra.template import COMMON_ENVIRONMENT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FUNCTION: Final = "AWS::Serverless::Function"
_ELF_MACHINES: Final = {0x3E: "x86_64", 0xB7: "arm64"}
_ELF_MACHINE_AT: Final = 18
# What `import app` may cost a cold start on one machine of two cores; reported, never a fault.
BUDGET_SECONDS: Final = 0.35
BUDGET_MEGABYTES: Final = 130

# Runs isolated from this interpreter's own libraries: only the package is on the path.
_PROBE: Final = """
import importlib, json, sys, time
sys.path.insert(0, sys.argv[1])
module, name = sys.argv[2].rsplit(".", 1)
started = time.perf_counter()
handler = getattr(importlib.import_module(module), name)
seconds = time.perf_counter() - started
with open("/proc/self/status") as status:  # `ru_maxrss` begins with that of who started it
    peak = next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM"))
assert callable(handler), name
print(json.dumps({"seconds": seconds, "megabytes": peak, "app": "app" in sys.modules}))
"""


def template_faults(out: Path) -> Iterator[str]:
    """Yield what is wrong with the policies of a packaged template."""
    resources = read_resources(out)
    for name, resource in resources.items():
        if resource["Type"] != "AWS::IAM::Role":
            continue
        for policy in resource["Properties"]["Policies"]:
            for statement in policy["PolicyDocument"]["Statement"]:
                yield from (f"{name}: {fault}" for fault in statement_faults(statement))


def read_resources(out: Path) -> dict[str, dict[str, Any]]:
    """Return the resources of a packaged template."""
    template = json.loads((out / "sam.json").read_text(encoding="utf-8"))
    resources: dict[str, dict[str, Any]] = template["Resources"]
    return resources


def statement_faults(statement: dict[str, Any]) -> Iterator[str]:
    """Yield what is wrong with one allowing statement of a function's role."""
    actions, resources = _listed(statement["Action"]), _listed(statement["Resource"])
    for action in actions:
        if "*" in action:
            yield f"wildcard action {action}"
    for resource in resources:
        if _is_wild(resource):
            yield f"wildcard resource {resource}"
    audit = {"Fn::GetAtt": [table_id(tables.AUDIT), "Arn"]}
    rewriting = {"dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem"}
    if audit in resources and rewriting & set(actions):
        yield f"traces can be rewritten: {sorted(rewriting & set(actions))}"


def _listed(value: Any) -> list[Any]:  # noqa: ANN401  one or many, in IAM's own words
    return value if isinstance(value, list) else [value]


def _is_wild(resource: Any) -> bool:  # noqa: ANN401  a value of the template
    """Tell whether a resource is more than objects of one bucket or streams of one log group."""
    text = resource if isinstance(resource, str) else json.dumps(resource)
    if isinstance(resource, dict) and "Fn::Sub" in resource:
        text = _listed(resource["Fn::Sub"])[0]
    bounded = (
        text.startswith(("${DocumentsBucket.Arn}/", "${ArchiveBucket.Arn}/"))
        or ":log-group:/aws/lambda/$" in text
    )
    return "*" in (text.removesuffix("*") if bounded else text)


def library_faults(out: Path) -> Iterator[str]:
    """Yield compiled libraries that the functions' processor cannot load."""
    wanted = {
        architecture
        for resource in read_resources(out).values()
        if resource["Type"] == FUNCTION
        for architecture in resource["Properties"]["Architectures"]
    }
    with zipfile.ZipFile(out / "deployment.zip") as package:
        for name in package.namelist():
            if name.endswith(".so"):
                with package.open(name) as library:
                    machine = library.read(_ELF_MACHINE_AT + 1)[_ELF_MACHINE_AT]
                if wanted != {_ELF_MACHINES.get(machine)}:
                    yield f"{name} is not built for {sorted(wanted)}"


def import_report(out: Path) -> tuple[str, list[str]]:
    """Import every handler from the bare package, alone; return a table and the faults."""
    lines = ["handler                                    import s     MB"]
    faults = []
    handlers = {
        resource["Properties"]["Handler"]
        for resource in read_resources(out).values()
        if resource["Type"] == FUNCTION
    }
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(out / "deployment.zip") as package:
            package.extractall(folder)
        for handler in sorted(handlers):
            cost, fault = _probe(folder, handler)
            faults += [f"{handler}: {fault}"] if fault else []
            if cost:
                over = cost["seconds"] > BUDGET_SECONDS or cost["megabytes"] > BUDGET_MEGABYTES
                mark = "  over budget" if over else ""
                figures = f"{cost['seconds']:8.2f} {cost['megabytes']:6.0f}"
                lines.append(f"{handler:42} {figures}{mark}")
    return "\n".join(lines), faults


def _probe(folder: str, handler: str) -> tuple[dict[str, float], str]:
    # The second run is measured: the first one writes the bytecode, as Lambda's image has it.
    command = [sys.executable, "-I", "-S", "-c", _PROBE, folder, handler]
    env = {**dict.fromkeys(COMMON_ENVIRONMENT, "probe"), "AWS_DEFAULT_REGION": "eu-west-3"}
    run = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
    if run.returncode == 0:
        run = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
    if run.returncode:
        return {}, run.stderr.strip().splitlines()[-1]
    cost: dict[str, float] = json.loads(run.stdout.splitlines()[-1])
    if cost["app"] and not handler.startswith("app."):
        return cost, "imports app.py: workers must not"
    return cost, ""
