"""tests/consumers/accepted-findings.json: accepted findings of scanners in our templates, with reasons.

A finding is a rule of a tool and a resource, which is written as its stack and logical ID, with
``bootstrap/`` or ``recovery/`` before those of the other templates. What a recovery template has in common
with its stack is one finding, of the stack. The policies of a deploy role, which are one list of statements
divided by size, are one resource, without their number.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any, Final, NamedTuple

from cfn_analysis.model.rendering import load

ROOT: Final = Path(__file__).resolve().parents[2]
FILE: Final = Path(__file__).with_name("accepted-findings.json")
OUT: Final = ROOT / "out"
TOOLS: Final = ("cdk-nag", "checkov", "cfn-guard", "cloudformation-validate")
CLASSES: Final = ("deliberate", "false")


class AcceptedError(Exception):
    """The file is wrong; the message states where and what to write."""


class Finding(NamedTuple):
    """A finding of a tool about a resource.

    Attributes:
        tool: one of ``TOOLS``.
        rule: as the tool names it.
        resource: as ``resource`` returns it, or the name of the template alone.
    """

    tool: str
    rule: str
    resource: str

    def __str__(self) -> str:
        """Return it in words."""
        return f"{self.tool} {self.rule} on {self.resource}"


class Accepted(NamedTuple):
    """Findings with the same reason.

    Attributes:
        name: of the reason, in lower case with hyphens.
        kind: one of ``CLASSES``: it is meant, or the tool is mistaken.
        reason: in English.
        findings: what it accepts.
    """

    name: str
    kind: str
    reason: str
    findings: tuple[Finding, ...]


def accepted(file: Path = FILE) -> list[Accepted]:
    """Return what the file accepts.

    Raises:
        AcceptedError: it is not as it should be.
    """
    return [_entry(entry) for entry in _unique(json.loads(file.read_text("utf-8")))]


def _unique(entries: list[Any]) -> list[Any]:
    names = [entry.get("name") for entry in entries]
    for name in names:
        if names.count(name) > 1:
            raise AcceptedError(f"{FILE.name}: two entries are called {name}. Join them.")
    return entries


def _entry(entry: Mapping[str, Any]) -> Accepted:
    where = f"{FILE.name}, {entry.get('name')}"
    _keys(where, entry, ("name", "class", "reason", "findings"))
    if entry["class"] not in CLASSES:
        raise AcceptedError(f"{where}: the class is {entry['class']!r}. Use one of {', '.join(CLASSES)}.")
    for key in ("name", "reason"):
        if not isinstance(entry[key], str) or not entry[key].strip():
            raise AcceptedError(f"{where}: {key} is empty. Write it.")
    findings: list[Finding] = []
    for group in entry["findings"]:
        _keys(where, group, ("tool", "rules", "resources"))
        if group["tool"] not in TOOLS:
            raise AcceptedError(f"{where}: the tool is {group['tool']!r}. Use one of {', '.join(TOOLS)}.")
        for key in ("rules", "resources"):
            if not group[key] or group[key] != sorted(set(group[key])):
                raise AcceptedError(
                    f"{where}: {key} of {group['tool']} are empty, repeated or not in alphabetical order: "
                    f"{', '.join(group[key])}. Sort them."
                )
        findings += (Finding(group["tool"], *pair) for pair in product(group["rules"], group["resources"]))
    if not findings:
        raise AcceptedError(f"{where}: findings are empty. Remove the entry.")
    return Accepted(entry["name"], entry["class"], entry["reason"], tuple(findings))


def _keys(where: str, entry: Mapping[str, Any], keys: tuple[str, ...]) -> None:
    if tuple(entry) != keys:
        raise AcceptedError(f"{where}: the keys are {', '.join(entry)}. Write {', '.join(keys)}.")


def resource(template: str, logical_id: str) -> str:
    """Return the name of a resource in the template of that name."""
    if template.startswith("bootstrap/"):
        logical_id = re.sub(r"Policy\d+$", "Policy", logical_id)
    return f"{template}/{logical_id}"


def distinct(everything: Iterable[Finding]) -> set[Finding]:
    """Return findings without those of recovery templates that their stacks have, too."""
    findings = set(everything)
    copies = {finding for finding in findings if _of_stack(finding) != finding}
    return {finding for finding in findings if finding not in copies or _of_stack(finding) not in findings}


def _of_stack(finding: Finding) -> Finding:
    return finding._replace(resource=finding.resource.removeprefix("recovery/"))


def differences(entries: Iterable[Accepted], reported: Iterable[Finding]) -> Iterator[str]:
    """Yield a sentence for each finding that is not accepted, or accepted twice, and for each that is gone.

    Args:
        entries: of the file.
        reported: everything that all tools find.
    """
    reasons: dict[Finding, str] = {}
    for entry in entries:
        for finding in entry.findings:
            if finding in reasons:
                yield f"{finding} is accepted twice: {reasons[finding]}, {entry.name}. Remove one."
            reasons[finding] = entry.name
    everything = distinct(reported)
    file = FILE.relative_to(ROOT).as_posix()
    for finding in sorted(everything - reasons.keys()):
        yield f"{finding} is new. Change the template, or add it to {file} with its reason."
    for finding in sorted(reasons.keys() - everything):
        yield f"{finding} is gone. Remove it from {reasons[finding]} in {file}."


def templates(out: Path = OUT) -> dict[str, str]:
    """Return path in ``out`` -> name: of each stack's own template, its bootstrap, and its recovery."""
    names: dict[str, str] = {}
    for stack in json.loads((out / "stacks.json").read_text("utf-8"))["stacks"]:
        name = stack["name"]
        names[stack["template"]] = name
        names[stack["bootstrap"]] = f"bootstrap/{name}"
        names |= {recovery["template"]: f"recovery/{name}" for recovery in stack["recovery"]}
    return names


def acknowledgements(entries: Iterable[Accepted]) -> dict[str, dict[str, dict[str, str]]]:
    """Return stack -> logical ID -> rule -> reason of what cdk-nag finds, for CDK's ``acknowledge``.

    Only of the stacks: a CDK app does not deploy the other templates.
    """
    reasons: dict[str, dict[str, dict[str, str]]] = {}
    for finding, reason in sorted(_of_tool(entries, "cdk-nag").items()):
        stack, _, logical_id = finding.resource.rpartition("/")
        if "/" not in stack:
            reasons.setdefault(stack, {}).setdefault(logical_id, {})[finding.rule] = reason
    return reasons


def baseline(entries: Iterable[Accepted], out: Path = OUT) -> dict[str, Any]:
    """Return what checkov finds in the form of its baseline, with the files as they are in ``out``."""
    rules: dict[str, list[str]] = {}
    for finding in sorted(_of_tool(entries, "checkov")):
        rules.setdefault(finding.resource, []).append(finding.rule)
    files = []
    for file, template in sorted(templates(out).items()):
        findings = []
        for logical_id, body in load((out / file).read_text("utf-8"))["Resources"].items():
            name = resource(template, logical_id)
            ids = sorted({*rules.get(name, ()), *rules.get(name.removeprefix("recovery/"), ())})
            if ids:
                findings.append({"resource": f"{body['Type']}.{logical_id}", "check_ids": ids})
        if findings:
            findings.sort(key=lambda finding: str(finding["resource"]))
            files.append({"file": f"/{file}", "findings": findings})
    return {"failed_checks": files}


def _of_tool(entries: Iterable[Accepted], tool: str) -> dict[Finding, str]:
    reasons = {}
    for entry in entries:
        for finding in entry.findings:
            if finding.tool == tool:
                reasons[finding] = entry.reason
    return reasons
