"""Resolves a template with parameter values, as CloudFormation does.

A template goes in as a plain dict with the long forms of the functions (`{"Ref": …}`, `{"Fn::Sub": …}`).
Known values replace parameters, pseudo parameters, mappings, conditions and functions of known values. Values
known only in a deployed stack remain functions, in one form for all notations:

- `{"Ref": "Vpc"}`: a resource, the value of an SSM parameter, `AWS::StackId` and `AWS::NotificationARNs`.
- `{"Fn::GetAtt": ["Cluster", "Endpoint.Address"]}`: always the list of two.
- `{"Fn::Sub": "arn:aws:s3:::${Bucket}/*"}`: a text with unknown parts, for both Sub and Join. Parts
  other than Ref and GetAtt become variables: `{"Fn::Sub": ["${Value1}.net", {"Value1": …}]}`. A text that is
  only one unknown part is that part.
- `{"Fn::ImportValue": "prod-vpc-id"}`, `Fn::GetStackOutput`, `Fn::GetAZs` (of a named region) and `Fn::Cidr`:
  always, with their arguments resolved.
- Base64, FindInMap, Join, Select and Split of unknown values, with their other arguments resolved.

Dynamic references (`{{resolve:…}}`) are text. Literals keep their type (`70` stays a number), but the value
of a parameter is text or a list of texts, also for the type Number, as in CloudFormation.
"""

import base64
from collections.abc import Collection, Mapping
from typing import Any, ClassVar, Final

from cfn_analysis.model.intrinsics import (
    Function,
    ResolveError,
    Section,
    arguments,
    as_strings,
    as_text,
    comma_list,
    fail,
    holds_unknown,
    is_unknown,
    show,
)
from cfn_analysis.model.three_valued import NO, UNKNOWN, YES, Truth, truth_of
from cfn_analysis.model.wording import hint

__all__ = ["ResolveError", "Resolver", "failed_assertions", "resolve"]

ACCOUNT: Final = "123456789012"
STACK_NAME: Final = "stack"

_PARTITIONS: Final = {"cn-": ("aws-cn", "amazonaws.com.cn"), "us-gov-": ("aws-us-gov", "amazonaws.com")}
SSM_VALUE: Final = "AWS::SSM::Parameter::Value<"


def resolve(
    template: Mapping[str, Any],
    parameters: Mapping[str, str] | None = None,
    *,
    region: str = "ap-northeast-1",
    account: str = ACCOUNT,
    stack_name: str = STACK_NAME,
) -> dict[str, Any]:
    """Return the existing resources and outputs: `{"Resources": {…}, "Outputs": {…}}`.

    Resources and outputs with a false condition are removed, the others do not have `Condition` any more;
    properties and list items with `AWS::NoValue` are removed. Every referenced resource is in the result: a
    Ref, GetAtt or DependsOn to a missing one is an error. Unknown values have the forms described in the
    module. Resolving a result without SSM parameters again returns it unchanged.

    `parameters` contains the values of the deploy in CloudFormation's form: strings, with list items
    separated by commas. A parameter without a value has its Default. Of the constraints, only AllowedValues
    is checked, because a misspelt value would change a condition without an error. The branch of an `Fn::If`
    that does not apply is not checked.

    Raises ResolveError for parameter values, references and functions that CloudFormation would refuse, for a
    template with a macro, and for a resource, output or `Fn::If` whose condition is known only in the
    deployed stack.
    """
    pseudo = pseudo_parameters(region, account, stack_name)
    values = _parameter_values(template.get("Parameters", {}), parameters or {})
    return Body(template, values, pseudo).result()


def failed_assertions(
    template: Mapping[str, Any],
    parameters: Mapping[str, str] | None = None,
    *,
    region: str = "ap-northeast-1",
) -> list[str]:
    """Return the AssertDescription of each assertion in `Rules` that fails for these parameter values.

    For an assertion without a description, its place is returned, `Rules.Name.Assertions[0]`. Assertions that
    depend on unknown values are not reported: SSM parameters, `Fn::ValueOf` and `Fn::ValueOfAll`, which read
    from the account, `Fn::RefAll`, `Fn::EachMemberEquals` and `Fn::EachMemberIn`, and all assertions of a
    rule with an unknown RuleCondition.

    Raises ResolveError for a rule that CloudFormation would refuse, and for parameter values as `resolve`
    does.
    """
    pseudo = pseudo_parameters(region)
    values = _parameter_values(template.get("Parameters", {}), parameters or {})
    return Rules(template, values, pseudo).failed()


class Resolver:
    """Resolves single values of a template, also if some parameter values are not known.

    An unknown parameter stays `{"Ref": …}`, and values that depend on it are unknown too.

    Raises ResolveError as `resolve` does, but not for unknown values.
    """

    def __init__(
        self,
        template: Mapping[str, Any],
        parameters: Mapping[str, str],
        unknown: Collection[str] = (),
        *,
        region: str,
        account: str = ACCOUNT,
        stack_name: str = STACK_NAME,
    ) -> None:
        declared = template.get("Parameters", {})
        values = _parameter_values(
            {name: declaration for name, declaration in declared.items() if name not in unknown}, parameters
        )
        values |= {name: {"Ref": name} for name in unknown}
        pseudo = pseudo_parameters(region, account, stack_name)
        self._body = Body(template, values, pseudo)
        self._body.truths = Conditions(template, values, pseudo).all()
        self._body.resources = template.get("Resources", {})

    def condition(self, name: str) -> Truth:
        """Return the value of a condition, which is unknown if it does not exist."""
        return self._body.truths.get(name, UNKNOWN)

    def value(self, node: Any) -> Any:
        """Resolve a part of a resource or an output, independent of its condition."""
        return self._body.value(node, "Resources")


class Conditions(Section):
    """The section Conditions."""

    title = "Conditions"

    def all(self) -> dict[str, Truth]:
        """Evaluate every condition."""
        self.known: dict[str, Truth] = {}
        self.trail: list[str] = []
        definitions = self.template.get("Conditions", {})
        return {name: self._condition(name, f"Conditions.{name}") for name in definitions}

    def _condition(self, name: Any, path: str) -> Truth:
        definitions = self.template.get("Conditions", {})
        _require_condition(name, definitions, path)
        if name in self.trail:
            circle = " -> ".join([*self.trail[self.trail.index(name) :], name])
            fail(path, f"The conditions have a circular dependency: {circle}.")
        if name not in self.known:
            self.trail.append(name)
            self.known[name] = self.truth(definitions[name], f"Conditions.{name}")
            self.trail.pop()
        return self.known[name]

    predicates: ClassVar[Mapping[str, Function]] = {**Section.predicates, "Condition": _condition}


class Rules(Section):
    """The section Rules."""

    title = "Rules"

    def failed(self) -> list[str]:
        """Return the message of each failed assertion."""
        messages = []
        for name, rule in self.template.get("Rules", {}).items():
            path = f"Rules.{name}"
            if not isinstance(rule, Mapping) or not isinstance(rule.get("Assertions"), list | tuple):
                fail(path, f"A rule contains a list of Assertions, found {show(rule)}.")
            applies = True
            if "RuleCondition" in rule:
                applies = self.truth(rule["RuleCondition"], f"{path}.RuleCondition") is YES
            for index, assertion in enumerate(rule["Assertions"]):
                place = f"{path}.Assertions[{index}]"
                if not isinstance(assertion, Mapping) or "Assert" not in assertion:
                    fail(place, f"An assertion contains an Assert, found {show(assertion)}.")
                if self.truth(assertion["Assert"], f"{place}.Assert") is NO and applies:
                    messages.append(str(assertion.get("AssertDescription", place)))
        return messages

    def _contains(self, node: Any, path: str) -> Truth:
        items, text = arguments("Fn::Contains", node, path, 2)
        items, text = self.items(items, f"{path}[0]"), self.text(text, f"{path}[1]")
        if holds_unknown([items, text]):
            return UNKNOWN
        return truth_of(text in as_strings(items))

    def _undecided(self, node: Any, path: str) -> Truth:
        """Treat functions on all members of a list as unknown: the members are known only in the account."""
        return UNKNOWN

    def _of_the_account(self, node: Any, path: str) -> Any:
        return {"Fn::ValueOf": node}

    functions: ClassVar[Mapping[str, Function]] = {
        "Fn::RefAll": _of_the_account,
        "Fn::ValueOf": _of_the_account,
        "Fn::ValueOfAll": _of_the_account,
        "Ref": Section.functions["Ref"],
    }
    predicates: ClassVar[Mapping[str, Function]] = {
        **Section.predicates,
        "Fn::Contains": _contains,
        "Fn::EachMemberEquals": _undecided,
        "Fn::EachMemberIn": _undecided,
    }


class Body(Section):
    """The sections Resources and Outputs."""

    title = "Resources and Outputs"

    def result(self) -> dict[str, Any]:
        """Resolve the two sections."""
        # Every condition, not only those in use: CloudFormation refuses a wrong condition in any case.
        self.truths = Conditions(self.template, self.values, self.pseudo).all()
        self.resources = self._existing("Resources")
        return {
            "Resources": {name: self._resource(name, body) for name, body in self.resources.items()},
            "Outputs": {
                name: self._attributes(body, f"Outputs.{name}")
                for name, body in self._existing("Outputs").items()
            },
        }

    def _existing(self, section: str) -> dict[str, Mapping[str, Any]]:
        existing = {}
        for name, body in self.template.get(section, {}).items():
            path = f"{section}.{name}"
            if not isinstance(body, Mapping):
                fail(path, f"Expected a mapping, found {show(body)}.")
            if "Condition" not in body or self._condition(body["Condition"], f"{path}.Condition"):
                existing[name] = body
        return existing

    def _resource(self, name: str, body: Mapping[str, Any]) -> Any:
        dependencies = body.get("DependsOn", [])
        if not isinstance(dependencies, list | tuple):
            dependencies = [dependencies]
        for dependency in dependencies:
            self._require_resource(dependency, f"Resources.{name}.DependsOn")
        return self._attributes(body, f"Resources.{name}")

    def _attributes(self, body: Mapping[str, Any], path: str) -> Any:
        return self.value({key: node for key, node in body.items() if key != "Condition"}, path)

    def _condition(self, name: Any, path: str) -> bool:
        _require_condition(name, self.truths, path)
        return _decide(name, self.truths[name], path)

    def _require_resource(self, name: Any, path: str) -> None:
        if not isinstance(name, str):
            fail(path, f"Expected the logical ID of a resource, found {show(name)}.")
        if name in self.resources:
            return
        if name in self.template.get("Resources", {}):
            condition = self.template["Resources"][name]["Condition"]
            fail(path, f"The resource '{name}' does not exist here: its condition {condition} is false.")
        fail(path, f"'{name}' is not a resource of this template.{hint(name, self.resources)}")

    def reference(self, name: str, path: str) -> Any:
        """Resolve a Ref to a resource."""
        if name not in self.template.get("Resources", {}):
            similar = hint(name, [*self.resources, *self.values])
            fail(path, f"'{name}' is neither a parameter nor a resource of this template.{similar}")
        self._require_resource(name, path)
        return {"Ref": name}

    def _if(self, node: Any, path: str) -> Any:
        name, *_ = branches = arguments("Fn::If", node, path, 3)
        branch = 1 if self._condition(name, f"{path}[0]") else 2
        return self.value(branches[branch], f"{path}[{branch}]")

    def _get_att(self, node: Any, path: str) -> Any:
        parts = node.split(".", 1) if isinstance(node, str) else node
        name, attribute = arguments("Fn::GetAtt", parts, path, 2)
        self._require_resource(name, path)
        return {"Fn::GetAtt": [name, self.text(attribute, f"{path}[1]")]}

    def _base64(self, node: Any, path: str) -> Any:
        text = self.text(node, path)
        if is_unknown(text):
            return {"Fn::Base64": text}
        return base64.b64encode(text.encode()).decode()

    def _cidr(self, node: Any, path: str) -> Any:
        written = arguments("Fn::Cidr", node, path, 2, 3)
        return {"Fn::Cidr": [self.text(part, f"{path}[{index}]") for index, part in enumerate(written)]}

    def _get_azs(self, node: Any, path: str) -> Any:
        return {"Fn::GetAZs": self.text(node, path) or self.pseudo["AWS::Region"]}

    def _import_value(self, node: Any, path: str) -> Any:
        return {"Fn::ImportValue": self.text(node, path)}

    def _get_stack_output(self, node: Any, path: str) -> Any:
        if not isinstance(node, Mapping) or not {"StackName", "OutputName"} <= node.keys():
            fail(path, f"Fn::GetStackOutput requires StackName and OutputName, found {show(node)}.")
        return {"Fn::GetStackOutput": self.value(node, path)}

    functions: ClassVar[Mapping[str, Function]] = {
        **Section.functions,
        "Fn::Base64": _base64,
        "Fn::Cidr": _cidr,
        "Fn::GetAZs": _get_azs,
        "Fn::GetAtt": _get_att,
        "Fn::GetStackOutput": _get_stack_output,
        "Fn::If": _if,
        "Fn::ImportValue": _import_value,
    }


def _require_condition(name: Any, definitions: Mapping[str, Any], path: str) -> None:
    if not isinstance(name, str) or name not in definitions:
        fail(path, f"{show(name)} is not a condition of this template, which has {comma_list(definitions)}.")


def _decide(name: str, truth: Truth, path: str) -> bool:
    if truth is UNKNOWN:
        fail(path, f"The condition {name} depends on a value that is known only in the deployed stack.")
    return truth is YES


def pseudo_parameters(region: str, account: str = ACCOUNT, stack_name: str = STACK_NAME) -> dict[str, str]:
    """Return the pseudo parameters with known values, by their names."""
    partition, suffix = "aws", "amazonaws.com"
    for start, names in _PARTITIONS.items():
        if region.startswith(start):
            partition, suffix = names
    return {
        "AWS::AccountId": account,
        "AWS::Partition": partition,
        "AWS::Region": region,
        "AWS::StackName": stack_name,
        "AWS::URLSuffix": suffix,
    }


def _parameter_values(declared: Mapping[str, Mapping[str, Any]], values: Mapping[str, str]) -> dict[str, Any]:
    for name in values:
        if name not in declared:
            fail(
                f"Parameters.{name}",
                f"The template does not have this parameter. Its parameters are {comma_list(declared)}.",
            )
    missing = [name for name in declared if name not in values and "Default" not in declared[name]]
    if missing:
        fail("Parameters", f"Specify a value for {comma_list(missing)}, which does not have a Default.")
    return {name: _parameter_value(name, declaration, values) for name, declaration in declared.items()}


def is_list(declaration: Mapping[str, Any]) -> bool:
    """Return whether the value of a parameter is a list; not for a list in the Parameter Store."""
    kind = str(declaration.get("Type"))
    return kind == "CommaDelimitedList" or kind.startswith("List<")


def _parameter_value(name: str, declaration: Mapping[str, Any], values: Mapping[str, str]) -> Any:
    path = f"Parameters.{name}"
    if name not in values:
        text = as_text(declaration["Default"], path)
    elif isinstance(values[name], str):
        text = values[name]
    else:
        fail(
            path,
            f"The value given is {show(values[name])}; CloudFormation accepts only strings, so quote it.",
        )
    texts = [part.strip() for part in text.split(",")] if is_list(declaration) else [text]
    _require_allowed(path, texts, declaration.get("AllowedValues"))
    if str(declaration.get("Type")).startswith(SSM_VALUE):
        return {"Ref": name}
    if is_list(declaration):
        return texts
    return text


def _require_allowed(path: str, texts: list[str], declared: list[Any] | None) -> None:
    """Refuse a value of a parameter that is not one of its AllowedValues, if it has some."""
    if not declared:
        return
    for text in texts:
        if text in declared:
            continue
        allowed = [as_text(value, path) for value in declared]
        if text not in allowed:
            fail(path, f"The value is '{text}'; allowed are {', '.join(allowed)}.")
