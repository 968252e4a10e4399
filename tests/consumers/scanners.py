"""Runs the scanners of docs/accepted-findings.md on the templates of out/.

Each sees every template: the stacks, bootstrap and recovery.

- cdk-nag sees them as a CDK app includes them, with all of its packs. CDK's parser does not support
  ``Fn::GetStackOutput``, which is replaced with a text.
- Guard's rules are those of Control Tower's proactive controls, which come with Guard in a package for CDK.
"""

import json
import platform
import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from cfn_analysis.model.rendering import load, render
from tests.consumers.accepted import OUT, Finding, resource, templates

TOOLS: Final = Path(__file__).resolve().parent / "tools"
PACKS: Final = frozenset(
    {"AwsSolutions", "HIPAA.Security", "NIST.800.53.R4", "NIST.800.53.R5", "PCI.DSS.321", "Serverless"}
)
"""The packs of cdk-nag as they are called in CDK's report."""

_OF_ENVIRONMENT: Final = re.compile(
    r"\[Resource::[^]]*<aws:PrincipalTag/Project>-<aws:PrincipalTag/Environment>(?!-?\*)[^]]*\]"
)
"""An ARN with wildcards, and a name that starts with the project and environment of the deploy role."""


class ScannerError(Exception):
    """A scanner does not run; the message has the end of what it said."""


def findings(work: Path, environment: Mapping[str, str]) -> Iterator[Finding]:
    """Yield what all scanners find.

    Args:
        work: the folder that ``node`` and ``scanners`` are installed in.
        environment: of the processes.
    """
    yield from cdk_nag(work, environment)
    yield from checkov(work, environment)
    yield from guard(work, environment)
    yield from cloudformation_validate(work, environment)


def cdk_nag(work: Path, environment: Mapping[str, str]) -> Iterator[Finding]:
    """Yield what the packs of cdk-nag find."""
    names = templates()
    texts = {file: render(_without_stack_outputs(load((OUT / file).read_text("utf-8")))) for file in names}
    printed = _run(
        ["node", str(TOOLS / "cdk_nag.js")],
        {**environment, "NODE_PATH": str(work / "node" / "node_modules")},
        text=json.dumps(texts),
    )
    for rule, file, logical_id in json.loads(printed):
        yield Finding("cdk-nag", folded(rule), resource(names[file], logical_id))


def folded(rule: str) -> str:
    """Return a rule of cdk-nag, without the ARN if its name is one of the environment of a deploy role."""
    return _OF_ENVIRONMENT.sub("[Resource::<Project>-<Environment>]", rule)


def _without_stack_outputs(node: Any) -> Any:
    """Return a template for CDK's parser, which does not support ``Fn::GetStackOutput``."""
    if isinstance(node, dict):
        if "Fn::GetStackOutput" in node:
            return "output"
        return {key: _without_stack_outputs(value) for key, value in node.items()}
    return [_without_stack_outputs(element) for element in node] if isinstance(node, list) else node


def checkov(work: Path, environment: Mapping[str, str]) -> Iterator[Finding]:
    """Yield what checkov finds in the folder."""
    printed = _run(
        [
            *(str(work / "scanners" / "bin" / "python"), "-m", "checkov.main", "--directory", str(OUT)),
            *("--framework", "cloudformation", "--skip-download", "--compact", "--quiet", "--output", "json"),
        ],
        environment,
        statuses=(0, 1),
    )
    names = templates()
    for check in json.loads(printed).get("results", {}).get("failed_checks", ()):
        logical_id = check["resource"].partition(".")[2]
        name = names[check["file_path"].lstrip("/")]
        yield Finding("checkov", check["check_id"], resource(name, logical_id))


def guard(work: Path, environment: Mapping[str, str]) -> Iterator[Finding]:
    """Yield what Guard finds with the rules of Control Tower's proactive controls."""
    package = work / "node" / "node_modules" / "@cdklabs" / "cdk-validator-cfnguard"
    system = "macos" if platform.system() == "Darwin" else "ubuntu"
    machine = "aarch64" if platform.machine() in ("aarch64", "arm64") else "x86_64"
    names = {str(OUT / file): name for file, name in templates().items()}
    data = []
    for file in names:
        data += ["--data", file]
    answer = _run(
        [
            *(str(package / "bin" / system / machine / "cfn-guard"), "validate"),
            *("--rules", str(package / "rules" / "control-tower" / "cfn-guard")),
            *data,
            *("--structured", "--output-format", "json", "--show-summary", "none"),
        ],
        environment,
        statuses=(0, 19),
    )
    for report in json.loads(answer):
        for rule in report["not_compliant"]:
            text = json.dumps(rule)
            (control,) = set(re.findall(r"\[(CT\.\w+\.PR\.\d+)\]", text))
            for logical_id in set(re.findall(r'"/Resources/(\w+)', text)):
                yield Finding("cfn-guard", control, resource(names[report["name"]], logical_id))


def cloudformation_validate(work: Path, environment: Mapping[str, str]) -> Iterator[Finding]:
    """Yield what cloudformation-validate finds, but for what it calls information."""
    names = {str(OUT / file): name for file, name in templates().items()}
    python = str(work / "scanners" / "bin" / "python")
    for rule, file, logical_id in json.loads(_run([python, str(TOOLS / "validate.py"), *names], environment)):
        on = resource(names[file], logical_id) if logical_id else names[file]
        yield Finding("cloudformation-validate", rule, on)


def packs(folder: Path, environment: Mapping[str, str]) -> set[str]:
    """Return the packs of cdk-nag that report something when ``app.js`` of a folder is run.

    Raises:
        ScannerError: it fails for another reason, or does not fail for this one.
    """
    done = subprocess.run(
        ["node", "app.js"],
        cwd=folder,
        env={**environment, "CDK_OUTDIR": "cdk.out"},
        capture_output=True,
        text=True,
        check=False,
    )
    report = folder / "cdk.out" / "validation-report.json"
    reports = json.loads(report.read_text("utf-8"))["pluginReports"] if report.exists() else []
    names = {pack["pluginName"] for pack in reports if pack["violations"]} & PACKS
    if bool(done.returncode) != bool(names):
        raise ScannerError(f"node app.js in {folder} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    return names


def _run(
    command: list[str], environment: Mapping[str, str], *, text: str = "", statuses: tuple[int, ...] = (0,)
) -> str:
    """Return what a command prints.

    Raises:
        ScannerError: it ends with another status.
    """
    done = subprocess.run(
        command, env=dict(environment), input=text, capture_output=True, text=True, check=False, timeout=600
    )
    if done.returncode not in statuses:
        output = f"{done.stdout[-2000:]}{done.stderr[-2000:]}"
        raise ScannerError(f"{' '.join(command)[:300]} ended with {done.returncode}:\n{output}")
    return done.stdout
