"""The labelled pairs of templates: what a review has to find in each, written from AWS's documentation.

A file of ``corpus/`` holds ``pages`` (short name -> address), ``bases`` (templates that several cases start
from), ``places`` (base -> path of what its cases vary), ``kinds`` (of the risks that its cases score; without
it everything but access and guards) and ``cases``. Keys of a case:

``name``, ``source`` (a short name of ``pages``, or several), ``why`` (what that page says).
``base``, ``before``, ``after``, ``patch``: ``before`` is a whole template, a text, or a merge patch (RFC
7396) on ``base``; ``after`` is a whole template or a text; ``patch`` is a merge patch on ``before``.
``from``, ``to``: instead of these, the value at the base's place before and after; None is no value.
``parameters``: values of both sides; ``parametersBefore``, ``parametersAfter``: those of one side, a list
in the form of CloudFormation's array.
``region``: of two plain templates; us-east-1 if it is left out.
``stacks``: instead of one pair, stack -> the same keys, ``readsFrom``, ``perDeploy``, ``stackPolicy``,
``terminationProtection``, and both with ``After`` where they change; ``environments``: name -> ``before``,
``after`` or ``both`` of its parameter values.

What is expected:

``expect``: resource -> labels. The resource is ``[environment:][stack/]LogicalId``; without an environment
it is expected in each. Labels: ``change``, ``interruption`` and ``data`` in the words of the review (a list
where several words would be right), ``properties`` (all top-level properties among the causes), ``values``
(property -> before and after), ``chain`` (words that the chain of a cause holds, in this order). A resource
without labels may be there or not.
``risks``: ``kind resource`` of the risks that no label implies; ``*`` is any stack or any resource of one,
``Old|New`` one of two resources.
``may``: risks that are neither missed nor wrong.
``order``: resources in the order in which they are interrupted: ``interruptionOrder`` is a number that grows.
``hidden``: texts that must not be anywhere in the review.

Nothing else may be there. A label that is left out is not scored, nor is a risk that would follow from it:
``change: replace`` implies the risk ``replace`` (not where ``data`` is ``harmless``), ``data: lost`` the risk
``data-loss``, ``data: orphaned`` the risk ``orphan``, ``interruption: some`` the risk ``interruption``.
"""

from __future__ import annotations

import copy
import functools
import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

# The kinds of risks that a case scores where its file names none.
CHANGE_KINDS = ("replace", "data-loss", "orphan", "interruption", "will-fail", "export", "rename")
CORPUS = Path(__file__).with_name("corpus")
PROJECT = "app"

Case = dict[str, Any]
Template = dict[str, Any] | str


class Inputs(NamedTuple):
    """What a review is given.

    Attributes:
        before: a template, or a folder as a build writes it.
        after: the same of the other side.
        region: of two templates; "" for folders.
        parameters_before: file of parameter values; None where there is none.
        parameters_after: the same of the other side.
    """

    before: Path
    after: Path
    region: str
    parameters_before: Path | None
    parameters_after: Path | None


@functools.cache
def files() -> dict[str, dict[str, Any]]:
    """Return file name without suffix -> content of each file of the corpus."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return {file.stem: yaml.load(file.read_text("utf-8"), loader) for file in sorted(CORPUS.glob("*.yaml"))}


def cases() -> Iterator[Case]:
    """Yield every case, with its name made unique by the file's and ``before``, ``after`` made whole."""
    for file, content in files().items():
        kinds = content.get("kinds", CHANGE_KINDS)
        for case in content["cases"]:
            yield _whole({**case, "name": f"{file}: {case['name']}", "kinds": kinds}, content)


def _whole(case: Case, content: Mapping[str, Any]) -> Case:
    if "stacks" in case:
        return {**case, "stacks": {name: _pair(pair, content) for name, pair in case["stacks"].items()}}
    return _pair(case, content)


def _pair(pair: Case, content: Mapping[str, Any]) -> Case:
    bases = content.get("bases", {})
    if "from" in pair or "to" in pair:
        base, place = bases[pair["base"]], content["places"][pair["base"]]
        return {
            **pair,
            "before": _placed(base, place, pair["from"]),
            "after": _placed(base, place, pair["to"]),
        }
    before: Template = pair.get("before", {})
    if "base" in pair:
        before = merged(bases[pair["base"]], before)
    after: Template = pair["after"] if "after" in pair else merged(before, pair.get("patch", {}))
    return {**pair, "before": before, "after": after}


def merged(target: Any, patch: Any) -> Any:
    """Return a JSON value after a merge patch (RFC 7396): mappings are merged, None deletes a key.

    A function is not merged with another one, but takes its place.
    """
    if not isinstance(patch, dict):
        return copy.deepcopy(patch)
    is_merged = isinstance(target, dict) and not (_is_function(target) or _is_function(patch))
    result = copy.deepcopy(target) if is_merged else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return result


def _is_function(value: dict[str, Any]) -> bool:
    return len(value) == 1 and next(iter(value)).startswith(("Ref", "Fn::"))


def _placed(base: Template, place: str, value: Any) -> Template:
    """Return a base with a value at a path such as ``Resources/Role/Properties``; None takes the key away."""
    template: Template = copy.deepcopy(base)
    *path, last = place.split("/")
    target: Any = template
    for key in path:
        target = target.setdefault(key, {})
    target.pop(last, None)
    if value is not None:
        target[last] = copy.deepcopy(value)
    return template


def write(case: Case, folder: Path) -> Inputs:
    """Write both sides of a case below a folder."""
    if "stacks" in case:
        for side in ("before", "after"):
            _write_set(case, side, folder / side)
        return Inputs(folder / "before", folder / "after", "", None, None)
    parameters = []
    for side in ("before", "after"):
        (folder / f"{side}.yaml").write_text(text(case[side]), "utf-8")
        values = case.get(f"parameters{side.title()}", {})
        if isinstance(values, dict):
            values = case.get("parameters", {}) | values
        parameters.append(folder / f"{side}.json" if values else None)
        if values:
            document = {"Parameters": values} if isinstance(values, dict) else values
            (folder / f"{side}.json").write_text(json.dumps(document), "utf-8")
    region = case.get("region", "us-east-1")
    return Inputs(folder / "before.yaml", folder / "after.yaml", region, *parameters)


def text(template: Template) -> str:
    """Return a template as the text of its file."""
    if isinstance(template, str):
        return template
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    return str(yaml.dump(template, Dumper=dumper, sort_keys=False))


def _write_set(case: Case, side: str, folder: Path) -> None:
    """Write a folder of several stacks with its manifest, as a build does."""
    contents: dict[str, str] = {}
    entries = []
    for name, pair in case["stacks"].items():
        if pair[side] == {}:  # the stack is not there on this side
            continue
        template = pair[side]
        if isinstance(template, dict):
            declared = {"ProjectName": {"Type": "String"}, "Environment": {"Type": "String"}}
            template = {**template, "Parameters": {**declared, **template.get("Parameters", {})}}
            parameters = template["Parameters"]
        else:
            raise TypeError(f"{case['name']}: a stack of several is written as a mapping")
        protected = pair.get("terminationProtection", True)
        policy = pair.get("stackPolicy", {})
        if side == "after":
            policy = pair.get("stackPolicyAfter", policy)
            protected = pair.get("terminationProtectionAfter", protected)
        policy = policy or {"Statement": [_ALLOW]}
        contents[f"{name}.yaml"] = text(template)
        contents[f"stack-policies/{name}.json"] = json.dumps(policy)
        environments = case["environments"]
        per_deploy = pair.get("perDeploy", [])
        for environment, sides in environments.items():
            sides = sides or {}
            values = {"ProjectName": PROJECT, "Environment": environment}
            values |= sides.get("both", {}) | sides.get(side, {})
            document = {
                "Parameters": {
                    key: value for key, value in values.items() if key in parameters and key not in per_deploy
                },
                "Tags": {"Project": PROJECT, "Environment": environment},
                "StackPolicy": policy,
            }
            contents[f"parameters/{environment}/{name}.json"] = json.dumps(document)
        entry = _manifest_entry(name, pair, list(environments), list(template["Resources"]))
        entries.append({**entry, "terminationProtection": protected})
    manifest = {
        "formatVersion": 1,
        "stacks": entries,
        "files": {
            path: {"sha256": hashlib.sha256(content.encode()).hexdigest()}
            for path, content in contents.items()
        },
    }
    for path, content in {**contents, "stacks.json": json.dumps(manifest)}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content, "utf-8")


_ALLOW = {"Effect": "Allow", "Principal": "*", "Action": "Update:*", "Resource": "*"}


def _manifest_entry(name: str, pair: Case, environments: list[str], resources: list[str]) -> dict[str, Any]:
    return {
        "name": name,
        "namePattern": f"${{ProjectName}}-${{Environment}}-{name}",
        "template": f"{name}.yaml",
        "source": f"stacks/{name.replace('-', '_')}.py",
        "region": pair.get("region", "ap-northeast-1"),
        "capabilities": ["CAPABILITY_NAMED_IAM"],
        "readsFrom": pair.get("readsFrom", []),
        "perDeploy": pair.get("perDeploy", []),
        "rollbackTriggers": {},
        "parameterFiles": {one: f"parameters/{one}/{name}.json" for one in environments},
        "deploymentFiles": {},
        "stackPolicy": f"stack-policies/{name}.json",
        "pipelinePolicies": [f"deploy-policies/{name}-pipeline.json"],
        "servicePolicies": [f"deploy-policies/{name}-service-1.json"],
        "pipelineDeletePolicies": [f"deploy-policies/{name}-pipeline-delete.json"],
        "serviceDeletePolicies": [f"deploy-policies/{name}-service-delete.json"],
        "bootstrap": f"bootstrap/{name}.yaml",
        "sections": {"Resources": resources},
    }
