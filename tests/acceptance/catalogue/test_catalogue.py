"""A catalogue of single faults in our own templates, each found by somebody.

``faults.yaml`` says what is changed, and who is the first to find it: a rule (ours, or cfn-lint's own), the
checks of a build, a test of ours, or the review of the change.
"""

import copy
import dataclasses
import importlib
import inspect
from collections import Counter
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest
from cfnlint.decode import decode_str
from cfnlint.rules import CloudFormationLintRule, Rules
from cfnlint.rules.jsonschema.CfnLint import CfnLint
from cfnlint.rules.jsonschema.JsonSchema import JsonSchema
from cfnlint.rules.resources.Configuration import Configuration
from cfnlint.rules.resources.properties.Properties import Properties
from cfnlint.template import Template as CfnTemplate

from cfn_analysis.linting import runner as linting
from cfn_analysis.model.built_stack import BuiltStack
from cfn_analysis.model.resolving import resolve
from cfn_analysis.reviewing import report
from cfn_analysis.reviewing.sides import Side
from cfn_analysis.rules import CLASSES, RULES
from cfn_analysis.rules.template.ignore_without_reason import ignored_checks
from csr_templates import STACKS, render
from csr_templates.assembly import cross_stack, house_rules
from csr_templates.hand_over import review_sides
from csr_templates.naming import PREFIX
from tests.cfn_analysis.rules.harness import configuration, only
from tests.data import read_yaml

Template = dict[str, Any]


def faults_of(file: str) -> list[dict[str, Any]]:
    """Return the faults of a file of this folder."""
    faults: list[dict[str, Any]] = read_yaml(Path(__file__).with_name(file))
    return faults


FAULTS = faults_of("faults.yaml")
BLIND = [*faults_of("blind.yaml"), *faults_of("blind2.yaml")]
OUT = Path(__file__).resolve().parents[3] / "out"
STACK = {stack.name: stack for stack in STACKS}
OURS = only(*(rule() for rule in RULES))
# What leads cfn-lint to its own rules: template, keyword, resources, properties.
FRAME: tuple[type[CloudFormationLintRule], ...] = (JsonSchema, CfnLint, Configuration, Properties)


@cache
def original(name: str) -> Template:
    """Return the template of a stack."""
    template: Template = STACK[name].build().to_dict()
    return template


def faulty(fault: dict[str, Any]) -> Template:
    """Return the template with the fault."""
    template = copy.deepcopy(original(fault["stack"]))
    for path in fault.get("remove", []):
        holder, key = find(template, path)
        del holder[key]
    for path, value in fault.get("set", {}).items():
        holder, key = find(template, path)
        if isinstance(holder, list) and key == len(holder):
            holder.append(value)
        else:
            holder[key] = value
    return template


def find(template: Template, path: str) -> tuple[Any, Any]:
    """Return what holds the end of a path, and its key there.

    A ``*`` stands for the hash in a logical ID; the index after the last one of a list adds to the list.
    """
    *steps, last = path.split("/")
    node: Any = template
    for step in steps:
        node = node[key_in(node, step)]
    return node, key_in(node, last)


def key_in(node: Any, step: str) -> Any:
    """Return the key or index that a step of a path stands for."""
    if isinstance(node, list):
        return int(step)
    if step.endswith("*"):
        return next(key for key in node if key.startswith(step[:-1]))
    return step


def found_by(rules: Rules, name: str, template: Template) -> set[str]:
    """Return the IDs of those of the rules that find something which no resource accepts."""
    decoded, _ = decode_str(render(template))
    assert decoded is not None
    region = STACK[name].region
    cfn = CfnTemplate("template.yaml", decoded, [region])
    rule_ids = set()
    for match in rules.run("template.yaml", cfn, configuration(region)):
        _, logical_id = (*getattr(match, "path", []), "", "")[:2]
        if match.rule.id not in ignored_checks(cfn.get_resources().get(logical_id)):
            rule_ids.add(match.rule.id)
    return rule_ids


def found_by_our_rules(name: str, template: Template) -> list[str]:
    """Return the IDs of our rules that find something which no resource accepts."""
    return sorted(rule_id for rule_id in found_by(OURS, name, template) if rule_id[1] == "9")


@cache
def alone(rule: str) -> Rules:
    """Return one rule with what leads cfn-lint to it, which takes a fraction of the time of all rules."""
    frame = [] if rule in OURS else [rule_class() for rule_class in FRAME if rule_class.id != rule]
    return only(*frame, linting.all_rules()[rule])


def found_by_any_rule(name: str, template: Template) -> list[str]:
    """Return the IDs of all rules that find something, as in a build."""
    return sorted({finding.rule for finding in linting.lint(render(template), STACK[name].region)})


def problems(name: str, template: Template) -> list[str]:
    """Return what the checks of a build find."""
    templates = {stack.name: template if stack.name == name else original(stack.name) for stack in STACKS}
    stacks = [
        BuiltStack(
            stack.name,
            stack.template,
            stack.region,
            templates[stack.name],
            reads_from=stack.reads_from,
            name_pattern=f"{PREFIX}{stack.name}",
        )
        for stack in STACKS
    ]
    sentences = [*cross_stack.problems(stacks)]
    for stack in stacks:
        if stack.name == name:
            sentences += house_rules.problems(stack)
    return sentences


def found_by_checks(name: str, template: Template) -> list[str]:
    """Return ``checks`` if the checks of a build find something."""
    return ["checks"] if problems(name, template) else []


@cache
def deployed() -> Side:
    """Return the side of a review without faults: the output folder."""
    return review_sides.folder(OUT)


def found_by_review(name: str, template: Template) -> list[str]:
    """Return the risks that a review of the change in production names."""
    before = deployed()
    stacks = [
        dataclasses.replace(stack, template=template) if stack.name == name else stack
        for stack in before.stacks
    ]
    reviewed = report.review(before, before._replace(stacks=tuple(stacks)), ["prod"])
    return [f"{risk.kind}: {risk.message}" for risk in reviewed.risks]


def found_by_test(name: str, template: Template, test: str) -> bool:
    """Run one test of a stack on the template and tell whether it fails."""
    file, _, function = test.partition("::")
    called = getattr(module(file), function)
    try:
        for keywords in arguments(name, template, called):
            called(**keywords)
    except pytest.skip.Exception:
        return False
    except Exception:  # whatever a test does instead of passing
        return True
    return False


@cache
def module(file: str) -> Any:
    """Return a module of tests."""
    return importlib.import_module(f"tests.csr_templates.stacks.{Path(file).stem}")


def arguments(name: str, template: Template, test: Callable[..., None]) -> list[dict[str, Any]]:
    """Return what a test of a stack is called with, made from the template; nothing where it cannot be."""
    makers: dict[str, Callable[[], Any]] = {
        **{stack: partial(original, stack) for stack in STACK},
        name: lambda: template,
        "stack": lambda: STACK[name],
        "templates": lambda: {name: template},
        "resolved": lambda: resolve(template, region=STACK[name].region),
        "resources": lambda: resolve(template, region=STACK[name].region)["Resources"],
    }
    cases: list[dict[str, Any]] = [{}]
    for mark in getattr(test, "pytestmark", []):
        if mark.name == "parametrize" and mark.args[0] != "stack":
            cases = with_parameters(cases, mark)
    parametrized = set(cases[0]) if cases else set()
    fixtures = set(inspect.signature(test).parameters) - parametrized
    if not fixtures or not fixtures <= set(makers):
        return []
    values = {fixture: makers[fixture]() for fixture in fixtures}
    return [{**values, **case} for case in cases]


def with_parameters(cases: list[dict[str, Any]], mark: pytest.Mark) -> list[dict[str, Any]]:
    """Return each case with each row of a ``parametrize``."""
    names = mark.args[0]
    if isinstance(names, str):
        names = [name.strip() for name in names.split(",")]
    extended = []
    for case in cases:
        for row in mark.args[1]:
            values = row if len(names) > 1 else (row,)
            extended.append({**case, **dict(zip(names, values, strict=True))})
    return extended


def test_the_catalogue_is_large_enough() -> None:
    """There are at least 300 faults, every stack has its share, and no two are called the same."""
    per_stack = Counter(fault["stack"] for fault in FAULTS)

    assert len([*FAULTS, *BLIND]) >= 300
    assert set(per_stack) == set(STACK)
    assert min(per_stack.values()) >= 25
    assert max(Counter(fault["what"] for fault in FAULTS).values()) == 1


def test_every_fault_has_a_class() -> None:
    """Each fault is of a class, and each class has faults."""
    assert {fault["class"] for fault in [*FAULTS, *BLIND]} == set(CLASSES)


def test_blind_faults_are_faults_of_their_own() -> None:
    """Each fault that was written blind changes its template, and no two of all faults are the same."""
    changes = [repr((each["stack"], each.get("set"), each.get("remove"))) for each in [*FAULTS, *BLIND]]

    assert [each["what"] for each in BLIND if faulty(each) == original(each["stack"])] == []
    assert max(Counter(each["what"] for each in [*FAULTS, *BLIND]).values()) == 1
    assert max(Counter(changes).values()) == 1


def test_nobody_finds_anything_without_a_fault() -> None:
    """On the templates as they are, rules, checks and the review find nothing."""
    for name in STACK:
        assert found_by_our_rules(name, original(name)) == []
        assert found_by_checks(name, original(name)) == []
        assert found_by_review(name, original(name)) == []


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault['stack']}: {fault['what']}")
def test_fault_is_found(fault: dict[str, Any]) -> None:
    """Who is said to find the fault does."""
    name, finder = fault["stack"], fault["found_by"]
    template = faulty(fault)

    if finder == "checks":
        assert found_by_checks(name, template) == ["checks"]
    elif finder == "review":
        assert found_by_review(name, template)
    elif "::" in finder:
        assert found_by_test(name, template, finder)
        assert not found_by_test(name, original(name), finder)
    else:  # some of cfn-lint's rules are called by another of its rules
        assert finder in found_by(alone(finder), name, template) or (
            finder[1] != "9" and finder in found_by_any_rule(name, template)
        )
