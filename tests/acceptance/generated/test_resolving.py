"""Generated conditions and functions: ``resolve`` and cfn-lint's own evaluation come to the same result.

Generated are conditions, and Ref, FindInMap, If, Join, Select, Split and Sub over parameters, pseudo
parameters and mappings. cfn-lint evaluates less than ``resolve`` does, and some of it otherwise than
CloudFormation. Not generated is:

- Base64, Cidr, GetAtt, GetStackOutput, ImportValue, and references to resources and to SSM parameters: it has
  no value for them.
- GetAZs, AWS::StackId and AWS::NotificationARNs: it makes values up, and ``resolve`` does not.
- Rules, with Contains, EachMemberEquals, EachMemberIn, RefAll, ValueOf and ValueOfAll: it takes for granted
  what they assert. So nothing here tests ``failed_assertions``.
- Split of a number, AWS::NoValue among the arguments of a function, and Join of an empty list: it gives up.
- FindInMap by a pseudo parameter: it takes every key of the mapping that is a region or an account.
- Booleans, which it writes as Python does, and ``${!Name}``, which it keeps.
- Equals of lists: it compares them as Python writes them.
"""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from cfnlint.context.context import create_context_for_template
from cfnlint.jsonschema import CfnTemplateValidator, Validator
from cfnlint.template import Template as LintedTemplate
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from cfn_analysis.model.resolving import ResolveError, resolve

Template = dict[str, Any]
Parameters = dict[str, str]
Deploy = dict[str, str]

# ---- The template, apart from its conditions and values ----

WORDS = ("", "a", "A", "b", "prod", "Prod", " a ", "a-b", "1", "${Project}")
DECLARED: Template = {
    "Environment": {"Type": "String", "AllowedValues": ["prod", "dev"]},
    "Project": {"Type": "String", "Default": "shop"},
    "Count": {"Type": "Number", "Default": 1},
    "Zones": {"Type": "CommaDelimitedList", "Default": "a, b"},
}
MAPPINGS: Template = {
    "Sizes": {
        "prod": {"Memory": 1024, "Class": "large", "Index": 1, "Zones": ["a", "b-c", "c"]},
        "dev": {"Memory": 1, "Class": "a", "Index": 0, "Zones": ["a"]},
    },
    "Others": {
        "prod": {"Environment": "dev", "Key": "Memory"},
        "dev": {"Environment": "prod", "Key": "Index"},
    },
}
NAMES = ("First", "Second", "Third")
NO_VALUE = {"Ref": "AWS::NoValue"}
ACCOUNT = {"account": "123456789012", "stack_name": "teststack"}  # what cfn-lint takes

parameter_values = st.fixed_dictionaries(
    {
        "Environment": st.sampled_from(["prod", "dev"]),
        "Project": st.sampled_from(["", "a", "prod", "a-b", "${Count}", "${AWS::Region}"]),
        "Count": st.sampled_from(["0", "1", "2"]),
        "Zones": st.lists(st.sampled_from(["a", " b", "prod", "a-b"]), min_size=1, max_size=3).map(",".join),
    }
)
deploys = st.sampled_from(
    [
        {"region": "ap-northeast-1"},
        {"region": "cn-north-1"},
        {"region": "us-gov-west-1"},
    ]
)

# ---- Texts and numbers ----


def either(first: st.SearchStrategy[Any], second: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return one or the other, equally often; ``one_of`` would count the alternatives within each."""
    return st.booleans().flatmap(lambda is_first: first if is_first else second)


environments = st.one_of(
    st.sampled_from(["prod", "dev"]),
    st.just({"Ref": "Environment"}),
    st.just({"Fn::FindInMap": ["Others", {"Ref": "Environment"}, "Environment"]}),
)


def found(*keys: Any) -> st.SearchStrategy[Any]:
    """Return look-ups of these second-level keys."""
    return st.builds(
        lambda top, key: {"Fn::FindInMap": ["Sizes", top, key]}, environments, st.sampled_from(keys)
    )


pseudo = [f"AWS::{name}" for name in ("AccountId", "Partition", "Region", "StackName", "URLSuffix")]
references = st.sampled_from(["Environment", "Project", "Count", *pseudo]).map(lambda name: {"Ref": name})
pieces = st.sampled_from(
    ["${Environment}", "${Project}", "${Count}", *(f"${{{name}}}" for name in pseudo), "-", "x", "$-", "{}"]
)
subs = st.lists(pieces, max_size=4).map(lambda chosen: {"Fn::Sub": "".join(chosen)})
# Names that the variables define: one that is a parameter too, and two that are not.
bound_pieces = st.lists(
    either(st.sampled_from(["${Project}", "${A}", "${B}"]), pieces), min_size=1, max_size=5
)
numbers = st.one_of(
    st.integers(0, 2), found("Memory", {"Fn::FindInMap": ["Others", {"Ref": "Environment"}, "Key"]})
)
indexes = st.one_of(st.sampled_from([0, 1, "0", "2", {"Ref": "Count"}]), found("Index"))


def chosen_by_conditions(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return one or the other, by a condition."""
    return st.builds(lambda *node: {"Fn::If": [*node]}, st.sampled_from(NAMES), inner, inner)


def selected(lists: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return items of lists, some of which are out of range."""
    return st.builds(lambda index, items: {"Fn::Select": [index, items]}, indexes, lists)


def texts(*, branching: bool) -> st.SearchStrategy[Any]:
    """Return texts and functions that give one, as Conditions may hold them or, with Fn::If, resources."""

    def composed(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        lists = st.one_of(  # of texts and not of numbers, so that all that is split is a text
            st.lists(inner, min_size=1, max_size=3),
            st.builds(
                lambda delimiter, text: {"Fn::Split": [delimiter, text]},
                st.sampled_from(["-", "a"]),
                either(inner, st.sampled_from(["a-b.a-", "-b--a", "-", "${Project}-a"])),
            ),
            st.just({"Ref": "Zones"}),
            found("Zones"),
        )
        if branching:
            lists |= chosen_by_conditions(lists)
        joinable = lists | st.lists(inner | numbers, min_size=1, max_size=3)
        variables = st.fixed_dictionaries(
            {"A": inner | numbers, "B": inner | numbers}, optional={"Project": inner}
        )
        functions = st.one_of(
            st.builds(
                lambda delimiter, items: {"Fn::Join": [delimiter, items]},
                st.sampled_from(["-", "", ", "]),
                joinable,
            ),
            selected(lists),
            st.builds(lambda text, bound: {"Fn::Sub": ["".join(text), bound]}, bound_pieces, variables),
        )
        return functions | chosen_by_conditions(inner) if branching else functions

    plain = st.one_of(st.sampled_from(WORDS), references, subs, found("Class"))
    return st.recursive(plain, composed, max_leaves=6)


texts_in_conditions = texts(branching=False)
texts_in_resources = texts(branching=True)
mixed = texts_in_resources | numbers
values = st.one_of(
    mixed,
    references,
    selected(st.lists(mixed, min_size=1, max_size=3)),
    chosen_by_conditions(mixed),
)

# ---- Conditions and properties ----


def predicates(*others: str) -> st.SearchStrategy[Any]:
    """Return conditions that may refer to others."""
    operands = texts_in_conditions | numbers
    equals = st.one_of(
        st.lists(operands, min_size=2, max_size=2).map(lambda both: {"Fn::Equals": both}),
        st.builds(lambda text, word: {"Fn::Equals": [text, word]}, operands, st.sampled_from(WORDS)),
        operands.map(lambda operand: {"Fn::Equals": [operand, operand]}),
    )
    plain = (
        either(equals, st.sampled_from(others).map(lambda name: {"Condition": name})) if others else equals
    )
    composed = st.recursive(
        plain,
        lambda inner: st.one_of(
            inner.map(lambda operand: {"Fn::Not": [operand]}),
            st.lists(inner, min_size=2, max_size=3).map(lambda operands: {"Fn::And": operands}),
            st.lists(inner, min_size=2, max_size=3).map(lambda operands: {"Fn::Or": operands}),
        ),
        max_leaves=5,
    )
    return either(plain, composed)


# References go forward and back, and never in a circle.
definitions = st.fixed_dictionaries(
    {"First": predicates("Third"), "Second": predicates("First", "Third"), "Third": predicates()}
)
FEW: Template = {
    "First": {"Fn::Equals": [{"Ref": "Environment"}, "prod"]},
    "Second": {"Fn::Or": [{"Fn::Not": [{"Condition": "First"}]}, {"Fn::Equals": ["a", {"Ref": "Project"}]}]},
    "Third": {"Fn::And": [{"Condition": "Second"}, {"Fn::Equals": [{"Ref": "Count"}, 1]}]},
}

keys = st.sampled_from("KLM")
properties = st.dictionaries(
    keys,
    st.recursive(
        values | st.just(NO_VALUE),
        lambda inner: st.one_of(
            st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=3), chosen_by_conditions(inner)
        ),
        max_leaves=6,
    ),
    min_size=1,
    max_size=3,
)

# ---- What cfn-lint makes of it ----

FUNCTIONS = ("Ref", "Fn::FindInMap", "Fn::If", "Fn::Join", "Fn::Select", "Fn::Split", "Fn::Sub")


def is_function(node: Any) -> bool:
    """Tell whether a node is a function that gives a value."""
    return isinstance(node, dict) and any(name in node for name in FUNCTIONS)


def used(node: Any, truths: dict[str, bool]) -> Iterator[dict[str, Any]]:
    """Return the functions in a node, apart from those that Fn::If leaves out."""
    if is_function(node):
        yield node
    if isinstance(node, list):
        inside = node
    elif not isinstance(node, dict):
        inside = []
    elif "Fn::If" in node:
        name, if_true, if_false = node["Fn::If"]
        inside = [if_true if truths[name] else if_false]
    else:
        inside = [*node.values()]
    for element in inside:
        yield from used(element, truths)


class CfnLint:
    """cfn-lint's evaluation of a template whose parameters have these values."""

    _validator: Validator

    def __init__(self, template: Template, parameters: Parameters, region: str) -> None:
        declared = {
            name: {"Type": declaration["Type"], "Default": parameters[name]}
            for name, declaration in template["Parameters"].items()
        }
        self._template = template | {"Parameters": declared}
        self._region = region
        self.truths: dict[str, bool] = {}
        self.compared: list[tuple[Any, Any]] = []  # what Fn::Equals compares, and its value
        self._read({})  # enough for the conditions, which hold no Fn::If
        self.refuses_conditions = self.refuses(template["Conditions"])
        if not self.refuses_conditions:
            plain = self._plain(template["Conditions"])
            linted = self._read(plain)
            self.truths = {name: linted.conditions.get(name).test({}) for name in plain}
            context = self._validator.context
            decided = context.evolve(conditions=context.conditions.evolve(self.truths))
            self._validator = self._validator.evolve(context=decided)

    def _read(self, conditions: Template) -> LintedTemplate:
        linted = LintedTemplate("", self._template | {"Conditions": conditions}, [self._region])
        context = create_context_for_template(linted).evolve(functions=["Fn::If", "Ref"])
        self._validator = CfnTemplateValidator({}).evolve(cfn=linted, context=context)
        return linted

    def _plain(self, node: Any) -> Any:
        """Return conditions that compare values: two functions are different to cfn-lint's conditions."""
        if isinstance(node, list):
            return [self._plain(element) for element in node]
        if "Condition" in node:
            return node
        if "Fn::Equals" not in node:
            return {name: self._plain(value) for name, value in node.items()}
        compared = [(operand, self._result(operand)) for operand in node["Fn::Equals"]]
        self.compared += compared
        return {"Fn::Equals": [value for _, value in compared]}

    def _results(self, node: Any) -> list[Any]:
        """Return what a node may be: one value, or none where an index is out of range."""
        return [value for value, _, error in self._validator.resolve_value(node) if not error]

    def _result(self, node: Any) -> Any:
        (result,) = self._results(node)
        return result

    def refuses(self, node: Any) -> bool:
        """Tell whether anything in a node that is not left out has no value."""
        return any(
            not self._results(function)
            for function in used(node, self.truths)
            if function != NO_VALUE and "Fn::If" not in function
        )

    def properties(self, node: Any) -> Any:
        """Return what properties are, apart from those that are AWS::NoValue."""
        if is_function(node) or not isinstance(node, dict | list):
            return self._result(node)
        context = self._validator.context
        ((decided, _),) = context.conditions.evolve_from_instance(node, context)
        if isinstance(decided, list):
            return [self.properties(element) for element in decided]
        return {key: self.properties(value) for key, value in decided.items()}


# ---- What holds ----


def with_properties(defined: Template, node: Any) -> Template:
    """Return a template with these conditions, a resource with these properties, and conditional outputs."""
    return {
        "Parameters": DECLARED,
        "Mappings": MAPPINGS,
        "Conditions": defined,
        "Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": node}},
        "Outputs": {name: {"Value": name, "Condition": name} for name in defined},
    }


def conditions(template: Template, parameters: Parameters, **deploy: str) -> dict[str, bool]:
    """Return the conditions of a template, as the outputs tell that depend on them."""
    outputs = resolve(template, parameters, **deploy)["Outputs"]
    return {name: name in outputs for name in template["Conditions"]}


@given(definitions, parameter_values, deploys)
def test_conditions(defined: Template, parameters: Parameters, deploy: Deploy) -> None:
    """Each condition is true where cfn-lint says so; one with an index out of range is refused.

    Since few of the comparisons are true, each operand is also compared with cfn-lint's value of it, and
    with what nearly is that value.
    """
    lint = CfnLint(with_properties(defined, {}), parameters, deploy["region"])
    if lint.refuses_conditions:
        with pytest.raises(ResolveError, match="is out of range"):
            conditions(with_properties(defined, {}), parameters, **deploy, **ACCOUNT)
    else:
        more: Template = {}
        truths = lint.truths.copy()
        for operand, value in lint.compared:
            for compared in (value, f" {value}", str(value).swapcase()):
                name = f"More{len(more)}"
                more[name] = {"Fn::Equals": [operand, compared]}
                truths[name] = str(compared) == str(value)
        template = with_properties(defined | more, {})
        assert conditions(template, parameters, **deploy, **ACCOUNT) == truths


@given(definitions | st.just(FEW), properties, parameter_values, deploys)
def test_properties(defined: Template, node: Template, parameters: Parameters, deploy: Deploy) -> None:
    """Properties and outputs are what cfn-lint makes of them; an index out of range is refused."""
    template = with_properties(defined, node)
    lint = CfnLint(template, parameters, deploy["region"])
    if lint.refuses_conditions or lint.refuses(node):
        with pytest.raises(ResolveError, match="is out of range"):
            resolve(template, parameters, **deploy, **ACCOUNT)
    else:
        resolved = resolve(template, parameters, **deploy, **ACCOUNT)
        assert resolved["Resources"]["Topic"]["Properties"] == lint.properties(node)
        assert resolved["Outputs"] == {name: {"Value": name} for name, truth in lint.truths.items() if truth}


@given(st.lists(values, min_size=3, max_size=6), parameter_values, deploys)
def test_values(nodes: list[Any], parameters: Parameters, deploy: Deploy) -> None:
    """Values are what cfn-lint makes of them; each that has an index out of range is refused."""
    lint = CfnLint(with_properties(FEW, {}), parameters, deploy["region"])
    refused = [node for node in nodes if lint.refuses(node)]
    for node in refused:
        with pytest.raises(ResolveError, match="is out of range"):
            resolve(with_properties(FEW, {"K": node}), parameters, **deploy, **ACCOUNT)
    kept = {f"K{index}": node for index, node in enumerate(nodes) if node not in refused}
    resolved = resolve(with_properties(FEW, kept), parameters, **deploy, **ACCOUNT)
    assert resolved["Resources"]["Topic"]["Properties"] == lint.properties(kept)


# ---- What is generated ----

ANYWHERE = {
    "Ref",
    "Fn::FindInMap",
    "Fn::Join",
    "Fn::Select",
    "Fn::Split",
    "Fn::Sub of str",
    "Fn::Sub of list",
}
PREDICATES = ("Condition", "Fn::And", "Fn::Equals", "Fn::Not", "Fn::Or")


def kinds(node: Any, truths: dict[str, bool]) -> Iterator[str]:
    """Return the names of the functions in a node, and what else tells one use from another."""
    for function in used(node, truths):
        ((name, argument),) = function.items()
        if name == "Fn::If":
            yield f"{name} {truths[argument[0]]}"
        elif name == "Fn::Sub":
            yield f"{name} of {type(argument).__name__}"
        else:
            yield "AWS::NoValue" if function == NO_VALUE else name


def kinds_of_conditions(defined: Template, parameters: Parameters) -> set[str]:
    """Return the kinds of conditions, the true ones and the false ones, and of what they compare."""
    truths = conditions(with_properties(defined, {}), parameters)
    outermost: set[str] = set()
    for key, node in defined.items():
        outermost.update(f"{name} {truths[key]}" for name in node)
    return {*outermost, *kinds([*defined.values()], truths)}


def kinds_of_properties(node: Template, parameters: Parameters) -> set[str]:
    """Return the kinds of functions in properties."""
    template = with_properties(FEW, node)
    resolve(template, parameters)
    return {*kinds(node, conditions(template, parameters))}


@pytest.mark.parametrize(
    ("generated", "kinds_of", "expected"),
    [
        (
            definitions,
            kinds_of_conditions,
            {*(f"{name} True" for name in PREDICATES), *(f"{name} False" for name in PREDICATES)},
        ),
        (properties, kinds_of_properties, {"AWS::NoValue", "Fn::If True", "Fn::If False"}),
    ],
    ids=["conditions", "properties"],
)
def test_everything_is_generated(
    generated: st.SearchStrategy[Any],
    kinds_of: Callable[[Template, Parameters], set[str]],
    expected: set[str],
) -> None:
    """Among templates that can be resolved, there soon are conditions and functions of each kind."""
    reached: set[str] = set()

    def complete(example: tuple[Template, Parameters]) -> bool:
        with contextlib.suppress(ResolveError):
            reached.update(kinds_of(*example))
        return reached >= expected | ANYWHERE

    alike = settings(max_examples=500, derandomize=True, database=None, phases=[Phase.generate])
    with contextlib.suppress(NoSuchExample):
        find(st.tuples(generated, parameter_values), complete, settings=alike)

    assert reached == expected | ANYWHERE
