"""Whole templates, made up by hypothesis: what holds for the text of each of them."""

from __future__ import annotations

import random
import re
from typing import Any

import pytest
import yaml
from cfnlint.decode import decode_str
from hypothesis import example, given
from hypothesis import strategies as st

from csr_templates.rendering import load, render

Template = dict[str, Any]

# ---- Values ----

printable = st.characters(min_codepoint=32, max_codepoint=126)
WORDS = [
    *("yes", "No", "ON", "n", "true", "False", "NULL", "~", "", "=", "<<"),
    *("0", "-7", "+1024", "1_000", "09", "010", "0o14", "0x1F", "0b11", "190:20:30"),
    *("1e3", ".5", "1.", "6.8523015e+5", "-.INF", ".nan", "2012-10-17", "2001-12-14 21:59:43.10 -5"),
    *(
        "- a",
        "a: b",
        "a:",
        "a #b",
        "#",
        "|",
        ">-",
        "|2",
        "&a",
        "*a",
        "!Ref A",
        "{}",
        "[",
        "%",
        "@",
        "`",
        "? a",
    ),
    *("---", "...", "'", '"', "\\n", "${A}", "{{resolve:ssm:a}}", "word " * 60 + "end"),
]
text_lines = st.one_of(st.sampled_from(WORDS), st.text(printable, max_size=12))
texts = st.one_of(
    st.sampled_from(WORDS),
    st.text(printable, max_size=12),
    st.lists(text_lines.map(str.rstrip), min_size=2, max_size=4).map("\n".join),
).filter(lambda text: not text.endswith("\n\n") or not text.strip("\n"))
ids = st.from_regex(r"[A-Za-z][A-Za-z0-9]{0,5}", fullmatch=True)
keys = st.one_of(ids, st.sampled_from(WORDS), st.text(printable, min_size=1, max_size=8)).filter(
    lambda key: 0 < len(key) <= 120 and key != "Ref" and not key.startswith("Fn::")
)
numbers = st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False))
scalars = st.one_of(texts, st.booleans(), numbers)
leaves = st.one_of(
    scalars,
    ids.map(lambda name: {"Ref": name}),
    st.builds(lambda name, attribute: {"Fn::GetAtt": [name, attribute]}, ids, ids),
    texts.map(lambda text: {"Fn::Sub": text}),
)


def composed(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return collections and functions of what is inside them."""
    branches = st.lists(inner, min_size=2, max_size=2)
    of_text_or_more = inner.filter(lambda value: not isinstance(value, bool | int | float))
    return st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(keys, inner, max_size=4),
        branches.map(lambda items: {"Fn::If": ["IsProd", *items]}),
        st.builds(lambda text, bound: {"Fn::Sub": [text, {"A": bound}]}, texts, inner),
        of_text_or_more.map(lambda argument: {"Fn::Base64": argument}),
        inner.map(lambda argument: {"Fn::GetStackOutput": {"OutputName": argument}}),
    )


values = st.recursive(leaves, composed, max_leaves=8)

# ---- Templates ----

predicates = st.recursive(
    st.one_of(
        ids.map(lambda name: {"Condition": name}),
        st.builds(lambda one, other: {"Fn::Equals": [one, other]}, leaves, leaves),
    ),
    lambda inner: st.one_of(
        inner.map(lambda operand: {"Fn::Not": [operand]}),
        st.lists(inner, min_size=2, max_size=3).map(lambda operands: {"Fn::And": operands}),
        st.lists(inner, min_size=2, max_size=3).map(lambda operands: {"Fn::Or": operands}),
    ),
    max_leaves=4,
)
statements = st.fixed_dictionaries(
    {"Effect": st.sampled_from(["Allow", "Deny"])},
    optional=dict.fromkeys(("Sid", "Principal", "Action", "Resource", "NotAction"), leaves)
    | {"Condition": st.dictionaries(keys, leaves, max_size=2)},
)
policies = st.fixed_dictionaries(
    {"Version": st.just("2012-10-17"), "Statement": st.lists(statements, max_size=2)}, optional={"Id": texts}
)
properties = st.dictionaries(keys, st.one_of(values, policies), max_size=3)
resources = st.fixed_dictionaries(
    {"Type": st.from_regex(r"AWS::[A-Z][a-z]{1,4}::[A-Z][a-z]{1,4}", fullmatch=True)},
    optional={
        "Condition": ids,
        "DependsOn": st.one_of(ids, st.lists(ids, max_size=2)),
        "CreationPolicy": properties,
        "UpdatePolicy": properties,
        "DeletionPolicy": st.sampled_from(["Delete", "Retain", "RetainExceptOnCreate"]),
        "UpdateReplacePolicy": st.sampled_from(["Delete", "Retain"]),
        "Metadata": properties,
        "Properties": properties,
    },
)
parameters = st.fixed_dictionaries(
    {"Type": st.sampled_from(["String", "Number", "CommaDelimitedList"])},
    optional=dict.fromkeys(("Description", "AllowedPattern", "ConstraintDescription"), texts)
    | dict.fromkeys(("MinLength", "MaxLength", "MinValue", "MaxValue"), numbers)
    | {"Default": scalars, "AllowedValues": st.lists(scalars, max_size=3), "NoEcho": st.booleans()},
)
assertions = st.fixed_dictionaries({"Assert": predicates}, optional={"AssertDescription": texts})
rules = st.fixed_dictionaries(
    {"Assertions": st.lists(assertions, max_size=2)},
    optional={"RuleCondition": predicates.filter(lambda one: "Condition" not in one)},
)
outputs = st.fixed_dictionaries(
    {"Value": values},
    optional={"Description": texts, "Condition": ids, "Export": st.fixed_dictionaries({"Name": leaves})},
)
maps = st.dictionaries(
    keys, st.dictionaries(keys, st.one_of(scalars, st.lists(scalars, max_size=2)), max_size=2), max_size=2
)


def entries(entry: st.SearchStrategy[Any], least: int = 0) -> st.SearchStrategy[dict[str, Any]]:
    """Return a section of a template."""
    return st.dictionaries(ids, entry, min_size=least, max_size=2 + least)


templates: st.SearchStrategy[Template] = st.fixed_dictionaries(
    {"Resources": entries(resources, least=1)},
    optional={
        "AWSTemplateFormatVersion": st.just("2010-09-09"),
        "Description": texts,
        "Metadata": entries(values),
        "Parameters": entries(parameters),
        "Rules": entries(rules),
        "Mappings": entries(maps),
        "Conditions": entries(predicates),
        "Outputs": entries(outputs),
    },
)
comments = st.text(printable, max_size=20)
titles = st.dictionaries(ids, comments, max_size=4)
randoms = st.randoms(use_true_random=False)


@st.composite
def templates_with_titles(draw: st.DrawFn) -> tuple[Template, dict[str, str]]:
    """Return a template, and titles for some of its resources and for some that are not there."""
    template = draw(templates)
    titled = draw(st.dictionaries(st.sampled_from(sorted(template["Resources"])), comments, max_size=3))
    return template, titled | draw(titles)


# ---- How readers take a plain scalar, by the text of the specifications ----

NULL, BOOL, INT, FLOAT, OTHER, STR = "null", "bool", "int", "float", "other", "str"
YAML_1_1 = {  # https://yaml.org/type/
    NULL: "~|null|Null|NULL|",
    BOOL: "y|Y|yes|Yes|YES|n|N|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF",
    INT: "[-+]?(0b[0-1_]+|0[0-7_]+|0|[1-9][0-9_]*|0x[0-9a-fA-F_]+|[1-9][0-9_]*(:[0-5]?[0-9])+)",
    FLOAT: r"[-+]?([0-9][0-9_]*)?\.[0-9._]*([eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+\.[0-9_]*"
    r"|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
    OTHER: "=|<<|[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(\.[0-9]*)?"
    r"(([ \t]*)Z|([ \t]*)[-+][0-9]{1,2}(:[0-9]{2})?)?",
}
YAML_1_2 = {  # https://yaml.org/spec/1.2.2/#1032-tag-resolution
    NULL: "null|Null|NULL|~|",
    BOOL: "true|True|TRUE|false|False|FALSE",
    INT: "[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+",
    FLOAT: r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
}


def kind_of(text: str, schema: dict[str, str]) -> str:
    """Return what a reader of this version takes a plain scalar for."""
    return next((kind for kind, pattern in schema.items() if re.fullmatch(pattern, text)), STR)


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        ("yes", BOOL, STR),
        ("true", BOOL, BOOL),
        ("1e3", STR, FLOAT),
        ("1.0e+3", FLOAT, FLOAT),
        ("0o14", STR, INT),
        ("09", STR, INT),
        ("010", INT, INT),
        ("1_000", INT, STR),
        ("190:20:30", INT, STR),
        ("2012-10-17", OTHER, STR),
        ("=", OTHER, STR),
        ("", NULL, NULL),
        (".nan", FLOAT, FLOAT),
        ("10.2.0.0/16", STR, STR),
    ],
)
def test_readers_differ(text: str, old: str, new: str) -> None:
    """The two versions are told apart here as their specifications do it."""
    assert (kind_of(text, YAML_1_1), kind_of(text, YAML_1_2)) == (old, new)


# ---- What holds ----


def same(one: Any, other: Any) -> bool:
    """Tell whether two values are equal, and of equal types: True is not 1, and 1 is not 1.0."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    kinds = [
        next(kind for kind in (bool, int, float, str) if isinstance(value, kind)) for value in (one, other)
    ]
    return kinds[0] is kinds[1] and bool(one == other)


def read_by_cfn_lint(text: str) -> Any:
    """Return the template as cfn-lint's own loader reads it."""
    template, errors = decode_str(text)
    assert errors == []
    return template


@given(templates_with_titles(), st.lists(comments, max_size=3))
@example(
    (
        {
            "Resources": {
                "A": {"Type": "B", "Properties": {"a": ["b", {"c": "d\n- e"}], "f": [["g\n- h:"], "i"]}}
            }
        },
        {},
    ),
    [],
)
def test_reads_back(titled: tuple[Template, dict[str, str]], header: list[str]) -> None:
    """Any template comes back equal and of the same types, from PyYAML and from cfn-lint's loader."""
    template, sections = titled
    text = render(template, header=header, sections=sections)

    assert same(load(text), template)
    assert same(read_by_cfn_lint(text), template)


@given(templates_with_titles())
def test_text(titled: tuple[Template, dict[str, str]]) -> None:
    """ASCII and line feeds, no wrapped line, no anchor, and no scalar that readers take differently."""
    template, sections = titled
    text = render(template, sections=sections)

    assert re.fullmatch(r"[\n -~]*[!-~]\n", text)
    assert " \n" not in text
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        assert not isinstance(event, yaml.AliasEvent)
        if isinstance(event, yaml.NodeEvent):
            assert event.anchor is None
        if not isinstance(event, yaml.ScalarEvent):
            continue
        if event.style != "|":
            assert len({mark.line for mark in (event.start_mark, event.end_mark) if mark}) == 1
            assert "\n" not in event.value.strip("\n")
        if not event.style:  # a tag says what the scalar is, but some readers see the value alone
            old, new = kind_of(event.value, YAML_1_1), kind_of(event.value, YAML_1_2)
            assert old == new
            assert event.tag is None or old == STR
            if old == BOOL:
                assert event.value in ("true", "false")
            if old == INT:
                assert event.value == str(int(event.value))


def shuffled(node: Any, order: random.Random, *, kept: int = 0) -> Any:
    """Return an equal value whose mappings have another order, apart from those of the level ``kept``."""
    if isinstance(node, list):
        return [shuffled(item, order) for item in node]
    if not isinstance(node, dict):
        return node
    names = list(node)
    if kept != 1:
        order.shuffle(names)
    return {name: shuffled(node[name], order, kept=max(0, kept - 1)) for name in names}


@given(templates_with_titles(), randoms)
def test_order_of_keys(titled: tuple[Template, dict[str, str]], order: random.Random) -> None:
    """Equal templates whose resources, parameters and so on have the same order give the same text."""
    template, sections = titled

    assert render(shuffled(template, order, kept=2), sections=sections) == render(template, sections=sections)


@given(templates, randoms)
def test_order_of_entries(template: Template, order: random.Random) -> None:
    """Equal templates in any order give the same lines; a diff shows them moved and not changed."""
    one, other = render(template), render(shuffled(template, order))

    assert sorted(one.split("\n")) == sorted(other.split("\n"))


def first_line(text: str, *path: str) -> int:
    """Return the index of the line where the key at the end of the path stands."""
    node: Any = yaml.compose(text, Loader=yaml.CSafeLoader)
    line = 0
    for name in path:
        key, node = next((key, value) for key, value in node.value if key.value == name)
        line = key.start_mark.line
    return line


def without(text: str, start: int, count: int) -> list[str]:
    """Return the lines of a text, apart from ``count`` of them."""
    lines = text.split("\n")
    return lines[:start] + lines[start + count :]


@given(templates, keys, values, values)
def test_one_property_changes(template: Template, key: str, one: Any, other: Any) -> None:
    """When one property gets another value, only its own lines change."""
    logical_id = next(iter(template["Resources"]))
    properties = template["Resources"][logical_id].setdefault("Properties", {})
    properties |= {f"{key[:100]}~": 0}  # so that there are others, whatever becomes of the one
    properties.pop(key, None)
    bare = render(template).split("\n")
    for value in (one, other):
        properties[key] = value
        text = render(template)
        start = first_line(text, "Resources", logical_id, "Properties", key)

        assert without(text, start, text.count("\n") + 1 - len(bare)) == bare


@given(templates_with_titles(), ids, resources, st.integers(0, 3))
def test_one_resource_is_added(
    titled: tuple[Template, dict[str, str]], name: str, resource: Any, position: int
) -> None:
    """When a resource is added, only its own lines are added, be it the first, the last or another."""
    template, sections = titled
    before = [entry for entry in template["Resources"].items() if entry[0] != name]
    if not before:
        before = [(f"{name}1", {"Type": "AWS::Any::Thing"})]
    sections = {key: title for key, title in sections.items() if key != name}
    after = [*before[:position], (name, resource), *before[position:]]
    bare = render(template | {"Resources": dict(before)}, sections=sections)
    text = render(template | {"Resources": dict(after)}, sections=sections)
    start = first_line(text, "Resources", name) - (position > 0)  # the blank line stands before it

    assert "\n".join(without(text, start, text.count("\n") - bare.count("\n"))) == bare
