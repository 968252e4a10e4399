"""The labeled pairs of templates: the results that a review must find, according to the AWS documentation.

Keys of a file in ``corpus/``: ``pages`` (short name -> address), ``bases`` (templates of several cases),
``places`` (base -> path of the value that its cases change), ``kinds`` (of the risks that its cases score; by
default all except access and guards) and ``cases``. Keys of a case:

``name``, ``source`` (a short name of ``pages``, or several), ``why`` (the statement of that page).
``base``, ``before``, ``after``, ``patch``: ``before`` is a whole template, a text, or a merge patch (RFC
7396) for ``base``; ``after`` is a whole template or a text; ``patch`` is a merge patch for ``before``.
``from``, ``to``: instead of these, the value at the base's place before and after. None is no value.
``parameters``: values of both sides; ``parametersBefore``, ``parametersAfter``: those of one side, a list
in the form of CloudFormation's array.
``region``: of two plain templates, by default us-east-1.
``stacks``: instead of one pair, stack -> the same keys, ``readsFrom``, ``perDeploy``, ``stackPolicy``,
``terminationProtection``, and both with ``After`` if they change; ``environments``: name -> ``before``,
``after`` or ``both`` of its parameter values, and ``only``: the side that has it, if the other one does not.

Expected results:

``expect``: resource -> labels. The resource is ``[environment:][stack/]LogicalId``. Without an environment,
it is expected in each. Labels: ``change``, ``interruption`` and ``data`` in the words of the review (a list
if several words are correct), ``properties`` (all top-level properties among the causes), ``values``
(property -> before and after), ``chain`` (words that the chain of a cause contains, in this order). A
resource without labels is optional.
``risks``: ``kind resource`` of the risks that labels do not imply; ``*`` is any stack or any resource of one,
``Old|New`` one of two resources.
``may``: optional risks.
``order``: resources in the order in which they are interrupted, by increasing ``interruptionOrder``.
``hidden``: texts that must not appear anywhere in the review.

All other results are mistakes. A label that is left out is not scored, and neither is its implied risk:
``change: replace`` implies the risk ``replace`` (unless ``data`` is ``harmless``), ``data: lost`` the risk
``data-loss``, ``data: orphaned`` the risk ``orphan``, ``interruption: some`` the risk ``interruption``.
"""

import copy
import functools
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from cfn_analysis.model.built_stack import BuiltStack, Policies
from csr_templates.hand_over import manifest
from csr_templates.naming import PREFIX
from tests.data import read_yaml

# The kinds of risks that a case scores where its file names none.
CHANGE_KINDS = ("replace", "data-loss", "orphan", "interruption", "will-fail", "export", "rename", "output")
CORPUS = Path(__file__).with_name("corpus")
PROJECT = "app"

Case = dict[str, Any]
Template = dict[str, Any] | str


class Inputs(NamedTuple):
    """The input of a review.

    Attributes:
        before: a template, or a folder as a build writes it.
        after: the same for the other side.
        region: of two templates; "" for folders.
        parameters_before: file with parameter values, or None.
        parameters_after: the same for the other side.
    """

    before: Path
    after: Path
    region: str
    parameters_before: Path | None
    parameters_after: Path | None


@functools.cache
def files() -> dict[str, dict[str, Any]]:
    """Return file name without suffix -> content of each file of the corpus."""
    return {file.stem: read_yaml(file) for file in sorted(CORPUS.glob("*.yaml"))}


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

    A call of a function is a value, so it replaces the old value.
    """
    if not isinstance(patch, dict) or _is_call(patch):
        return copy.deepcopy(patch)
    result = copy.deepcopy(target) if isinstance(target, dict) and not _is_call(target) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return result


def _is_call(value: Mapping[str, Any]) -> bool:
    return len(value) == 1 and all(key == "Ref" or key.startswith("Fn::") for key in value)


def _placed(base: Template, place: str, value: Any) -> Template:
    """Return a base with a value at a path such as ``Resources/Role/Properties``. None removes the key."""
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
    # JSON is also YAML. A YAML dump would have anchors for values that are used twice, unlike templates.
    return json.dumps(template, indent=1)


def _write_set(case: Case, side: str, folder: Path) -> None:
    """Write a folder of several stacks with its manifest, as a build does."""
    contents: dict[str, str] = {}
    stacks: list[BuiltStack] = []
    protected: list[bool] = []
    environments = {
        name: values or {}
        for name, values in case["environments"].items()
        if (values or {}).get("only", side) == side
    }
    for name, pair in case["stacks"].items():
        if not pair[side]:  # this side does not have the stack
            continue
        template = {**pair[side], "Parameters": {**_NAMES, **pair[side].get("Parameters", {})}}
        policy = _of_side(pair, "stackPolicy", side, _POLICY)
        protected.append(_of_side(pair, "terminationProtection", side, True))
        stack = BuiltStack(
            name,
            f"{name}.yaml",
            pair.get("region", "ap-northeast-1"),
            template,
            per_deploy=pair.get("perDeploy", ()),
            reads_from=pair.get("readsFrom", ()),
            source=f"stacks/{name.replace('-', '_')}.py",
            policies=Policies(policy, [{}], [{}], [{}], [{}]),
            name_pattern=f"{PREFIX}{name}",
        )
        stacks.append(stack)
        contents[stack.file] = text(template)
        contents[manifest.stack_policy_file(name)] = json.dumps(policy)
        for environment, sides in environments.items():
            values = {"ProjectName": PROJECT, "Environment": environment}
            values |= sides.get("both", {}) | sides.get(side, {})
            document = {
                "Parameters": {key: values[key] for key in stack.in_files if key in values},
                "Tags": {"Project": PROJECT, "Environment": environment},
                "StackPolicy": policy,
            }
            contents[manifest.parameter_file(environment, name)] = json.dumps(document)
    files = {path: content.encode() for path, content in contents.items()}
    index = manifest.document(stacks, list(environments), files, {})
    for entry, protection in zip(index["stacks"], protected, strict=True):
        entry["terminationProtection"] = protection
    for path, data in {**files, manifest.MANIFEST: json.dumps(index).encode()}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)


def _of_side(pair: Case, key: str, side: str, default: Any) -> Any:
    """Return the value of a key for one side. ``After`` at the end of the key is for the second side."""
    value = pair.get(key, default)
    return pair.get(f"{key}After", value) if side == "after" else value


# The parts that a build adds to every stack.
_NAMES = {"ProjectName": {"Type": "String"}, "Environment": {"Type": "String"}}
_POLICY = {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "Update:*", "Resource": "*"}]}
