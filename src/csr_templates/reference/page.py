"""The reference: a Markdown page about the contents of the templates, generated from them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cfn_analysis.model.references import in_words
from cfn_analysis.model.stack_policies import DELETE, MODIFY, REPLACE
from cfn_analysis.model.wiring import CrossStackReferences, Node
from csr_templates.hand_over.manifest import REFRESH
from csr_templates.hand_over.stack_policies import denied_actions
from csr_templates.naming import PREFIX
from csr_templates.reference import diagrams
from csr_templates.reference.alarms import ALARM, firing, metrics
from csr_templates.reference.dashboards import widget_table
from csr_templates.reference.markdown import NARROW, code, codes, item, mermaid, operand, prose, table
from csr_templates.reference.policy_sentences import policies
from csr_templates.reference.words import Words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from cfn_analysis.model.built_stack import BuiltStack

_MOST_VALUES: Final = 6  # of a parameter; for more, the page shows only their number
_REFUSED: Final = {MODIFY: "change", REPLACE: "replacement", DELETE: "removal"}  # by the stack policy

_INTRODUCTION: Final = Path(__file__).with_name("introduction.md").read_text("ascii")

_NETWORK: Final = """\
In the network diagram, frames are subnets. A dotted arrow points from a subnet to the gateway of its default
route. The address ranges are the default values."""


def page(stacks: Sequence[BuiltStack], refresh: str = REFRESH) -> str:
    """Return the page about some stacks.

    Raises:
        schemas.SchemasError: the lists of cfn-lint have another format.
    """
    about = _Page(stacks)
    lines = [f"<!-- Generated from the stacks; edit those, not this page. Refresh with: {refresh} -->", ""]
    lines += [*_INTRODUCTION.split("\n"), *mermaid(f"{NARROW}\n{diagrams.requests(about.wiring)}"), ""]
    lines += [*_NETWORK.split("\n"), "", *mermaid(diagrams.network(about.wiring)), "", *about.overview()]
    for stack in stacks:
        lines += ["", *about.chapter(stack)]
    return "\n".join([*lines, ""])


class _Page:
    def __init__(self, stacks: Sequence[BuiltStack]) -> None:
        self.stacks = stacks
        self.wiring = CrossStackReferences(stacks)
        self.readers: dict[Node, list[str]] = {}
        for stack in stacks:
            for output in self.wiring.reads(stack.name):
                self.readers.setdefault(output, []).append(stack.name)

    def overview(self) -> Iterator[str]:
        """Return the part about all stacks."""
        yield "## The stacks"
        yield ""
        yield "In deploy order. An arrow points from a stack to the stacks that read its outputs and secrets."
        yield ""
        yield from mermaid(diagrams.overview(self.wiring))
        yield ""
        rows = [
            (
                f"[{stack.name}](#{stack.name})",
                f"[{stack.file}]({stack.file})",
                stack.region,
                str(len(stack.resources)),
                prose(str(stack.template.get("Description", ""))),
            )
            for stack in self.stacks
        ]
        yield from table(("stack", "template", "region", "resources", "description"), rows)

    def chapter(self, stack: BuiltStack) -> Iterator[str]:
        """Return the part about one stack."""
        yield f"## {stack.name}"
        yield ""
        yield f"{prose(str(stack.template.get('Description', '')))}."
        yield ""
        yield from self._sections(stack)
        sections = {
            "Parameters": self._parameters(stack),
            "Resources": self._resources(stack),
            "Outputs": self._outputs(stack),
            "Alarms": self._alarms(stack),
            "Dashboard": _dashboards(stack),
            "Permissions": self._permissions(stack),
            "Keys": self._keys(stack),
            "Log groups": self._log_groups(stack),
        }
        for title, content in sections.items():
            if lines := list(content):
                yield from ("", f"### {title} of {stack.name}", "", *lines)

    def _parameters(self, stack: BuiltStack) -> Iterator[str]:
        for name, parameter in stack.parameters.items():
            yield _about(f"- {code(name)} ({parameter['Type']})", parameter.get("Description", ""))
            if name in stack.per_deploy:
                yield "  - **Set at each deploy.**"
            if "Default" in parameter:
                yield f"  - Default: {code(in_words(parameter['Default'])) or '(empty)'}"
            if constraint := _constraint(parameter):
                yield f"  - Allowed: {constraint}"
            for rule, descriptions in _rules_with(stack, name):
                sentences = " ".join(prose(description) for description in descriptions)
                yield f"  - The rule {code(rule)} rejects some values: {sentences}"

    def _resources(self, stack: BuiltStack) -> Iterator[str]:
        conditions: Mapping[str, Any] = stack.template.get("Conditions", {})
        if conditions:
            yield from (f"- {code(name)}: {_condition(condition)}." for name, condition in conditions.items())
            yield ""
        denied = denied_actions(stack)
        rows = []
        for title, names in stack.by_section().items():
            cell = prose(title)  # only in the first row of the section
            for name in names:
                resource = stack.resources[name]
                rows.append(
                    (
                        cell,
                        code(name),
                        resource["Type"],
                        code(resource.get("Condition", "")),
                        resource.get("DeletionPolicy", ""),
                        resource.get("UpdateReplacePolicy", ""),
                        _refused(denied.get(name, ())),
                    )
                )
                cell = ""
        yield from table(
            ("section", "logical ID", "type", "only if", "when deleted", "when replaced", "stack policy"),
            rows,
        )

    def _outputs(self, stack: BuiltStack) -> Iterator[str]:
        for key, output in stack.outputs.items():
            yield _about(f"- {code(key)}", output.get("Description", ""))
            if "Condition" in output:
                yield f"  - Only if {code(output['Condition'])}"
            yield f"  - Value: {code(in_words(output['Value']))}"
            if "Export" in output:
                yield f"  - Export: {code(_short(output['Export']['Name']))}"
            if readers := self.readers.get(Node(stack.name, key)):
                yield f"  - Read by {', '.join(readers)}"

    def _sections(self, stack: BuiltStack) -> Iterator[str]:
        """Return a table, because a diagram of so many boxes has lines behind some of them."""
        sections = stack.by_section()
        section_of: dict[str, str] = {}
        for title, names in sections.items():
            section_of.update(dict.fromkeys(names, title))
        rows = []
        for title, names in sections.items():
            targets: dict[str, None] = {}  # as a set that keeps the order
            for name in names:
                for target in self.wiring.targets(Node(stack.name, name)):
                    if target.stack == stack.name:
                        targets[section_of[target.name]] = None
            targets.pop(title, None)
            rows.append((prose(title), str(len(names)), prose(", ".join(targets))))
        yield from table(("section", "resources", "refers to"), rows)

    def _alarms(self, stack: BuiltStack) -> Iterator[str]:
        for name, alarm in _of_type(stack, ALARM).items():
            if "AlarmName" in alarm:
                yield f"- {code(name)}: {code(_short(alarm['AlarmName']))}"
            else:
                yield f"- {code(name)}"
            yield from (f"  {line}" for line in metrics(alarm))
            yield f"  - Fires when: {firing(stack.resources[name], Words())}"
            if topics := in_words(alarm.get("AlarmActions", [])).replace("${", "").replace("}", ""):
                yield f"  - Notifies: {code(topics)}"
            for line in in_words(alarm.get("AlarmDescription", "")).splitlines():
                yield f"  - {prose(line)}"

    def _permissions(self, stack: BuiltStack) -> Iterator[str]:
        for name, resource in stack.resources.items():
            if resource["Type"] == "AWS::KMS::Key":  # in the section of the keys
                continue
            policies_of_resource = policies(resource)
            if policies_of_resource:
                yield f"- {code(name)} ({resource['Type']})"
            for policy in policies_of_resource:
                yield f"  - {code(policy.place)}"
                for statement in policy.statements:
                    yield from item(statement, 2)

    def _keys(self, stack: BuiltStack) -> Iterator[str]:
        for name, key in _of_type(stack, "AWS::KMS::Key").items():
            yield f"- {code(name)}: {prose(in_words(key.get('Description', '')))}"
            yield f"  - Rotated every year: {'yes' if key.get('EnableKeyRotation') is True else 'no'}."
            for policy in policies({"Properties": key}):
                for statement in policy.statements:
                    yield from item(statement, 1)
            users = self._users(Node(stack.name, name))
            for reader, logical_ids in users.items():
                yield f"  - Used in {reader} by {codes(logical_ids)}."
            if not users:
                yield "  - Not used by any resource."

    def _users(self, node: Node) -> dict[str, list[str]]:
        """Return stack -> logical IDs of the resources that refer to a resource."""
        users: dict[str, list[str]] = {}
        for stack in self.stacks:
            for name in stack.resources:
                if node in self.wiring.targets(Node(stack.name, name)):
                    users.setdefault(stack.name, []).append(name)
        return users

    def _log_groups(self, stack: BuiltStack) -> Iterator[str]:
        groups = _of_type(stack, "AWS::Logs::LogGroup")
        if not groups:
            return
        rows = [
            (
                code(name),
                code(in_words(group.get("LogGroupName", ""))),
                in_words(group.get("RetentionInDays", "never expires")),
                code(in_words(group.get("KmsKeyId", ""))),
            )
            for name, group in groups.items()
        ]
        yield from table(("logical ID", "name", "days", "key"), rows)


def _dashboards(stack: BuiltStack) -> Iterator[str]:
    for name, dashboard in _of_type(stack, "AWS::CloudWatch::Dashboard").items():
        yield f"{code(name)}: {code(_short(dashboard.get('DashboardName', '')))}"
        yield ""
        yield from widget_table(dashboard)


def _of_type(stack: BuiltStack, type_name: str) -> dict[str, Mapping[str, Any]]:
    """Return logical ID -> properties of the resources of a type."""
    return {
        name: resource.get("Properties", {})
        for name, resource in stack.resources.items()
        if resource["Type"] == type_name
    }


def _refused(actions: Collection[str]) -> str:
    """Return in words which updates the stack policy refuses."""
    return ", ".join(f"no {update}" for action, update in _REFUSED.items() if action in actions)


def _about(name: str, description: Any) -> str:
    text = prose(str(description))
    if text:
        return f"{name}: {text}"
    return name


def _rules_with(stack: BuiltStack, parameter: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the rules of the template that use a parameter, with their assertions."""
    for name, rule in stack.template.get("Rules", {}).items():
        if any((use.kind, use.name) == ("name", parameter) for use in stack.uses_in("Rules", name)):
            yield name, [str(assertion.get("AssertDescription", "")) for assertion in rule["Assertions"]]


def _constraint(parameter: Mapping[str, Any]) -> str:
    allowed = [in_words(value) for value in parameter.get("AllowedValues", [])]
    if 0 < len(allowed) <= _MOST_VALUES:
        return codes(allowed)
    described = prose(str(parameter.get("ConstraintDescription", "")))
    if allowed:
        return f"{described} ({len(allowed)} values)"
    return described


def _condition(node: Any) -> str:
    """Return a condition in words."""
    if "Fn::Or" in node:
        return _predicate(node).removeprefix("(").removesuffix(")")
    return _predicate(node)


def _predicate(node: Any) -> str:
    match node:
        case {"Condition": str(name)}:
            return code(name)
        case {"Fn::Equals": [left, right]}:
            return f"{operand(left)} is {operand(right)}"
        case {"Fn::Not": [{"Fn::Equals": [left, right]}]}:
            return f"{operand(left)} is not {operand(right)}"
        case {"Fn::Not": [condition]}:
            return f"not ({_predicate(condition)})"
        case {"Fn::And": list(conditions)}:
            return " and ".join(_predicate(condition) for condition in conditions)
        case {"Fn::Or": list(conditions)}:
            return f"({' or '.join(_predicate(condition) for condition in conditions)})"
        case _:
            return code(in_words(node))


def _short(name: Any) -> str:
    return in_words(name).removeprefix(PREFIX)
