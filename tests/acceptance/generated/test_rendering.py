"""Whole templates, made up by hypothesis: what holds for the text of each of them."""

import contextlib
import math
import random
import re
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import pytest
import yaml
from cfnlint.decode import decode_str
from hypothesis import Phase, example, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from cfn_analysis.model.anatomy import SECTIONS
from cfn_analysis.model.rendering import RenderError, load, render
from cfn_analysis.model.yaml_text import Loader

Template = dict[str, Any]

# ---- Values ----

printable = st.characters(min_codepoint=32, max_codepoint=126)
WORDS = [
    *("yes", "No", "ON", "off", "n", "Y", "true", "False", "NULL", "~", "", "=", "<<", " ", "   "),
    *("0", "-7", "+1024", "1_000", "09", "010", "0o14", "0o7", "0x1F", "0b11", "190:20:30", "12:30:00"),
    *("1e3", ".5", "1.", "6.8523015e+5", "-.INF", "+.INF", ".nan", "2012-10-17"),
    *("2001-12-14 21:59:43.10 -5", "2001-12-14T21:59:43Z", "2001-12-14t21:59:43.10-05:00"),
    *("- a", "-a", "? a", "?a", "a: b", "a:", "a #b", "#", "|", "|2", ">-", "&a", "*a", "!Ref A"),
    *("{}", "[", "%", "%a", "@", "`", "---", "...", "... ", "'", '"', "\\n", "${A}", "{{resolve:ssm:a}}"),
]


def lengthened(text: str, length: int) -> str:
    """Return a text repeated with spaces between, up to a length."""
    return (f"{text} " * length)[:length]


words = st.one_of(st.sampled_from(WORDS), st.text(printable, max_size=12))
long_lines = st.builds(lengthened, st.text(printable, max_size=12), st.integers(500, 5000))
lines = st.one_of(words, long_lines).map(str.rstrip)
several_lines = st.lists(lines, min_size=2, max_size=4).map("\n".join)
texts = st.one_of(words, long_lines, several_lines, st.sampled_from(["\n", "\n\n"])).filter(
    lambda text: not text.endswith("\n\n") or not text.strip("\n")
)
ids = st.from_regex(r"[A-Za-z][A-Za-z0-9]{0,5}", fullmatch=True)
keys = st.one_of(
    st.one_of(ids, words),
    st.builds(lengthened, st.text(printable, min_size=1, max_size=12), st.integers(9, 120)),
    st.text("'a: #?", min_size=115, max_size=120),
).filter(lambda key: key and key != "Ref" and not key.startswith("Fn::"))
numbers = st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.just(-0.0))
scalars = st.one_of(texts, st.booleans(), numbers)
attributes = st.sampled_from(["Endpoint.Address", "a.b.c", " "]) | texts.filter(lambda text: text.strip("\n"))
leaves = st.one_of(
    scalars,
    texts.map(lambda name: {"Ref": name}),
    st.builds(lambda name, attribute: {"Fn::GetAtt": [name, attribute]}, ids | st.just("1"), attributes),
    texts.map(lambda text: {"Fn::Sub": text}),
)
FUNCTIONS = [
    *("Fn::And", "Fn::Base64", "Fn::Cidr", "Fn::Equals", "Fn::FindInMap", "Fn::GetAZs", "Fn::If"),
    *("Fn::ImportValue", "Fn::Join", "Fn::Not", "Fn::Or", "Fn::Select", "Fn::Split", "Fn::Sub"),
    *("Fn::Contains", "Fn::EachMemberEquals", "Fn::EachMemberIn", "Fn::GetStackOutput", "Fn::RefAll"),
    *("Fn::ValueOf", "Fn::ValueOfAll"),
]


def composed(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return collections and functions of what is inside them, and the same object in two places."""
    arguments = st.one_of(
        inner,
        st.lists(inner, max_size=3),
        st.builds(lambda text, bound: [text, {"A": bound}], texts, inner),
        inner.map(lambda argument: {"OutputName": argument}),
    )
    return st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(keys, inner, max_size=4),
        st.builds(lambda name, argument: {name: argument}, st.sampled_from(FUNCTIONS), arguments),
        inner.map(lambda value: [value, value]),
        st.dictionaries(
            st.sampled_from(["Tags", "Dimensions"]),
            st.one_of(inner, st.lists(st.dictionaries(keys, inner, max_size=3), max_size=3)),
            min_size=1,
        ),
    )


values = st.recursive(leaves, composed, max_leaves=8)

# ---- Templates ----

predicates = st.recursive(
    st.one_of(
        ids.map(lambda name: {"Condition": name}),
        st.builds(lambda left, right: {"Fn::Equals": [left, right]}, leaves, leaves),
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
    optional={"RuleCondition": predicates.filter(lambda condition: "Condition" not in condition)},
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
    return st.dictionaries(names, entry, min_size=least, max_size=2 + least)


names = ids | keys
others: dict[str, st.SearchStrategy[Any]] = {
    "AWSTemplateFormatVersion": st.just("2010-09-09"),
    "Description": texts,
    "Metadata": entries(values),
    "Parameters": entries(parameters),
    "Rules": entries(rules),
    "Mappings": entries(maps),
    "Conditions": entries(predicates),
    "Outputs": entries(outputs),
}
templates: st.SearchStrategy[Template] = st.fixed_dictionaries(
    {"Resources": entries(resources, least=1)}, optional=others
)
parts_of_templates: st.SearchStrategy[Template] = st.fixed_dictionaries(
    {}, optional={"Resources": entries(resources), **others}
)
comments = st.text(printable, max_size=20)
section_titles = st.sampled_from(["Keys", "Alarms"]) | comments
titles = st.dictionaries(names, section_titles, max_size=4)
randoms = st.randoms(use_true_random=False)


@st.composite
def templates_with_titles(draw: st.DrawFn) -> tuple[Template, dict[str, str]]:
    """Return a template, and titles for some of its resources and for some that are not there."""
    template = draw(templates)
    titled = draw(st.dictionaries(st.sampled_from(sorted(template["Resources"])), section_titles))
    return template, titled | draw(titles)


# What must not be missed, by whatever luck.
LONG = [
    lengthened("word", 499),
    lengthened("word", 4999),
    lengthened("some\nwords", 1000),
    lengthened("word", 999) + "\nand others",
]
NOT_EMPTY = [word for word in WORDS if word]
VALUES: list[Any] = [
    *(*WORDS, *LONG, "\n", "\n\n", -0.0),
    *({"Ref": text} for text in [*WORDS, *LONG]),
    *({"Fn::GetAtt": ["1", text]} for text in [*NOT_EMPTY, *LONG, "Endpoint.Address", "a.b.c"]),
    *({name: argument} for name, argument in product(FUNCTIONS, ("a", ["a", 1], {"Ref": "a"}, {"a": "b"}))),
    *({key: ["a"]} for key in [*NOT_EMPTY, lengthened("word", 99), "'" * 120, "a " * 60]),
    [["g\n- h:"], {"a": ["b", {"c": "d\n- e"}]}, "i"],
]

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


def same(first: Any, second: Any) -> bool:
    """Tell whether two values are equal, and of equal types: True is not 1, and 1 is not 1.0."""
    if isinstance(first, dict) and isinstance(second, dict):
        return first.keys() == second.keys() and all(same(first[key], second[key]) for key in first)
    if isinstance(first, list) and isinstance(second, list):
        if len(first) != len(second):
            return False
        return all(same(left, right) for left, right in zip(first, second, strict=True))
    if scalar_type(first) is not scalar_type(second):
        return False
    if isinstance(first, float) and math.copysign(1, first) != math.copysign(1, second):
        return False
    return bool(first == second)


def scalar_type(value: Any) -> type:
    """Return the type of a value, without the subclasses of the scalars that a loader returns."""
    for scalar in (bool, int, float, str):
        if isinstance(value, scalar):
            return scalar
    return type(value)


def read_by_cfn_lint(text: str) -> Any:
    """Return the template as cfn-lint's own loader reads it."""
    template, errors = decode_str(text)
    assert errors == []
    return template


def assert_reads_back(text: str, template: Template) -> None:
    """Fail unless both loaders read the template from its text, equal and of the same types."""
    assert same(load(text), template)
    assert same(read_by_cfn_lint(text), template)


@given(templates_with_titles() | st.tuples(parts_of_templates, titles), st.lists(comments, max_size=3))
@example(({}, {}), [])
@example(({}, {}), ["Generated."])
def test_reads_back(titled: tuple[Template, dict[str, str]], header: list[str]) -> None:
    """Any template comes back equal and of the same types, from PyYAML and from cfn-lint's loader."""
    template, sections = titled
    text = render(template, header=header, sections=sections)

    assert_reads_back(text, template)


def mappings(node: yaml.Node | None) -> Iterator[yaml.MappingNode]:
    """Return all mappings in a node."""
    if isinstance(node, yaml.MappingNode):
        yield node
        for _, value in node.value:
            yield from mappings(value)
    elif isinstance(node, yaml.SequenceNode):
        for element in node.value:
            yield from mappings(element)


def check(text: str) -> None:
    """Check that a text is ASCII, that its scalars look as they must, and lists stand right of their keys."""
    for mapping in mappings(yaml.compose(text, Loader=yaml.CSafeLoader)):
        for key, value in mapping.value:
            if isinstance(value, yaml.SequenceNode) and value.value and not value.flow_style:
                assert value.value[0].start_mark.column == key.start_mark.column + 4  # the dash takes two
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
        if event.style == '"':  # what a block would hide
            assert re.search(r"\A\n+\Z|\n\n\Z|\n.* \Z| \n", event.value)
        elif event.style != "|":
            assert "\n" not in event.value.strip("\n")
        if not event.style:  # a tag says what the scalar is, but some readers see the value alone
            old, new = kind_of(event.value, YAML_1_1), kind_of(event.value, YAML_1_2)
            assert old == new
            assert event.tag is None or old == STR
            if old == BOOL:
                assert event.value in ("true", "false")
            if old == INT:
                assert event.value == str(int(event.value))


@given(templates_with_titles())
def test_text(titled: tuple[Template, dict[str, str]]) -> None:
    """ASCII, indented lists, no wrapped line, no anchor, and no scalar that readers take differently."""
    template, sections = titled

    check(render(template, sections=sections))


def test_each_is_written() -> None:
    """What hypothesis may miss holds as well: each word, long text, long key and function."""
    for value in VALUES:
        template = {"Resources": {"Thing": {"Type": "AWS::Any::Thing", "Properties": {"Value": value}}}}
        text = render(template)

        check(text)
        assert_reads_back(text, template)


class PythonLoader(yaml.SafeLoader):
    """PyYAML's loader in Python, as the AWS CLI has it; it reads flow style by other code than libyaml."""

    yaml_multi_constructors = Loader.yaml_multi_constructors


@pytest.mark.parametrize("key", ["Tags", "Dimensions"])
def test_each_is_written_in_flow_style(key: str) -> None:
    """What means something to YAML inside brackets and braces is quoted there."""
    indicators = [
        *"{}[],:?#&*!|>%@`-",
        *(f"a{indicator}b" for indicator in "{}[],:?#&*!|>%@`-"),
        "a:",
        "a: b",
        "a #b",
    ]
    for value in [*VALUES, *indicators, *({"Ref": indicator} for indicator in indicators)]:
        keys_too = [{value: "a"}] if isinstance(value, str) and value and "\n" not in value[:121] else []
        for items in ([{"Key": value}], [{"Key": "a", "Value": value}, {"Key": [value], "b": 1}], keys_too):
            written_keys: list[str] = []
            for entry in items:
                written_keys += entry
            if any(len(written_key) > 120 for written_key in written_keys):
                continue
            template = {"Resources": {"Thing": {"Type": "AWS::Any::Thing", "Properties": {key: items}}}}
            text = render(template)

            check(text)
            assert_reads_back(text, template)
            assert same(yaml.load(text, Loader=PythonLoader), template)


@given(st.lists(st.dictionaries(keys, values, min_size=1, max_size=3), min_size=1, max_size=3))
def test_flow_style_depends_on_the_list_only(items: Any) -> None:
    """However deep tags are, and whatever is beside them, only the indentation of their lines differs."""
    template: Template = {"Resources": {"Thing": {"Type": "AWS::Any::Thing", "Properties": {"Tags": items}}}}
    alone = render(template).split("    Properties:\n")[1]
    template["Resources"]["Thing"]["Properties"] = {"A": {"B": [{"Tags": items}]}, "Tags": "x"}
    inside = render(template).split("      A:\n        B:\n")[1].removesuffix("      Tags: x\n")

    moved = []
    indent = "          - "
    for line in alone.splitlines(keepends=True):
        moved.append(indent + line.removeprefix("      ") if line.strip() else line)
        indent = "            "
    assert inside == "".join(moved)


whatever = st.one_of(
    st.text(max_size=3),
    st.text(printable, max_size=6),
    st.sampled_from(["\t", "\r", "\x7f", "\x85", "\u2028", "\u2029", "\ufeff", "\ud800"]),
    st.sampled_from([" \n", "\n", " ", "a"]),
)
THING = {"Type": "AWS::Any::Thing"}
# What cannot be written as a text: other characters. And what cannot be an attribute, a name, the key of a
# property and a comment.
TEXT = r"[^\n -~]"
ATTRIBUTE = rf"{TEXT}|\A\Z"
NAME = r"[^ -~]|\A\Z|.{121}"
KEY = rf"{NAME}|\ARef\Z|\AFn::"
COMMENT = r"[^ -~]"


@settings(max_examples=250)
@given(
    st.lists(whatever, max_size=4).map("".join)
    | st.builds(lengthened, st.text(printable, min_size=1, max_size=12), st.integers(118, 130))
)
@example("a\n\n")
@example("a \nb")
@example("a\nb ")
@example("\n\n ")
@example("a" * 121)
@example("Fn::Sub")
@example("Ref")
def test_written_or_refused(text: str) -> None:
    """Whatever the text, wherever it stands: it comes back as it was, or there is a reason to refuse it."""
    cases: list[tuple[Template, dict[str, Any], str]] = [
        ({"A": THING | {"Properties": {"P": [text]}}, "B": THING}, {}, TEXT),
        ({"A": THING | {"Properties": {"P": {"Ref": text}}}, "B": THING}, {}, TEXT),
        ({"A": THING | {"Properties": {"P": {"Fn::Sub": text}}}, "B": THING}, {}, TEXT),
        ({"A": THING | {"Properties": {"P": {"Fn::GetAtt": ["A", text]}}}, "B": THING}, {}, ATTRIBUTE),
        ({"A": THING | {"Properties": {text: [1], "~": 2}}}, {}, KEY),
        ({text: THING, "Another": THING}, {}, NAME),
        ({"A": THING}, {"sections": {"A": text}}, COMMENT),
        ({"A": THING}, {"header": [text]}, COMMENT),
    ]
    for resources, comments, reason in cases:
        template = {"Resources": resources}
        if re.search(reason, text):
            with pytest.raises(RenderError):
                render(template, **comments)
        else:
            rendered = render(template, **comments)
            check(rendered)
            assert_reads_back(rendered, template)


def shuffled(node: Any, order: random.Random, *, kept: int = 0) -> Any:
    """Return an equal value whose mappings have another order, apart from those of the level ``kept``."""
    if isinstance(node, list):
        return [shuffled(element, order) for element in node]
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
    ordered, reordered = render(template), render(shuffled(template, order))

    assert sorted(ordered.split("\n")) == sorted(reordered.split("\n"))


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
def test_one_property_changes(template: Template, key: str, first: Any, second: Any) -> None:
    """When one property gets another value, only its own lines change."""
    logical_id = next(iter(template["Resources"]))
    properties = template["Resources"][logical_id].setdefault("Properties", {})
    properties |= {f"{key[:100]}~": 0}  # so that there are others, whatever becomes of the one
    properties.pop(key, None)
    bare = render(template).split("\n")
    for value in (first, second):
        properties[key] = value
        text = render(template)
        start = first_line(text, "Resources", logical_id, "Properties", key)

        assert without(text, start, text.count("\n") + 1 - len(bare)) == bare


def without_titles(text: str) -> str:
    """Return a text without the titles of sections."""
    return re.sub(r"^  # ---- .* ----\n", "", text, flags=re.MULTILINE)


@given(templates_with_titles(), names, resources, st.integers(0, 3), st.none() | section_titles)
def test_one_resource_is_added(
    titled: tuple[Template, dict[str, str]], name: str, resource: Any, position: int, title: str | None
) -> None:
    """When a resource is added, only its own lines and titles are, be it the first, the last or another."""
    template, sections = titled
    before = [entry for entry in template["Resources"].items() if entry[0] != name]
    if not before:
        before = [(f"~{name[:100]}", {"Type": "AWS::Any::Thing"})]
    sections = {key: section for key, section in sections.items() if key != name}
    after = [*before[:position], (name, resource), *before[position:]]
    bare = without_titles(render(template | {"Resources": dict(before)}, sections=sections))
    if title is not None:
        sections[name] = title
    text = without_titles(render(template | {"Resources": dict(after)}, sections=sections))
    start = first_line(text, "Resources", name) - (position > 0)  # the blank line stands before it

    assert "\n".join(without(text, start, text.count("\n") - bare.count("\n"))) == bare


@given(st.lists(st.none() | st.sampled_from(["", "Keys", "Alarms"]) | comments, min_size=1, max_size=8))
@example(["Keys", None, "Keys", "Alarms", "Keys", "", None, "Keys"])
def test_titles(given_titles: list[str | None]) -> None:
    """A title stands once, before the first of the resources that share it; an empty one is no title."""
    named = {f"Resource{index}": title for index, title in enumerate(given_titles)}
    expected = []
    shared: str | None = ""
    for name, title in named.items():
        starts = title is not None and title != shared
        expected.append((f"  # ---- {title} ----\n" if starts and title else "") + f"  {name}: {{}}\n")
        shared = title if starts else shared
    sections = {name: title for name, title in named.items() if title is not None}

    assert render({"Resources": {name: {} for name in named}}, sections=sections) == (
        "Resources:\n" + "\n".join(expected)
    )


# ---- What is generated ----


def kinds_of_value(node: Any) -> Iterator[str]:
    """Return the names of the functions in a value, and what else tells one value from another."""
    if isinstance(node, str):
        yield from kinds_of_text(node)
    elif isinstance(node, list):
        if len(node) == 2 and isinstance(node[0], dict | list) and node[0] is node[1]:
            yield "the same twice"
        for content in node:
            yield from kinds_of_value(content)
    elif isinstance(node, dict):
        for key, content in node.items():
            yield from kinds_of_entry(key, content)
    elif str(node) == "-0.0":
        yield "-0.0"
    else:
        yield type(node).__name__


def kinds_of_entry(key: str, content: Any) -> Iterator[str]:
    """Return what tells a key with its value from another."""
    if key in ("Ref", "Fn::GetAtt"):
        text = content if key == "Ref" else content[1]
        for kind in kinds_of_text(text):
            yield f"{key} of {kind}"
        return
    if key in FUNCTIONS:
        yield key
        yield f"function of {type(content).__name__}"
    elif key in ("Tags", "Dimensions") and isinstance(content, list):
        alike = all(isinstance(entry, dict) for entry in content)
        yield f"flow list of {'mappings' if content and alike else 'others'}"
    elif len(key) > 8:
        yield "key of 9 to 120 characters" if len(key) < 115 else "key of 115 to 120 characters"
    yield from kinds_of_value(content)


def kinds_of_text(text: str) -> Iterator[str]:
    """Return what tells one text from another."""
    shape = "text of several lines" if "\n" in text else "text"
    yield f"long {shape}" if len(text) > 400 else shape
    if not text.strip("\n"):
        yield "line feeds" if text else "empty text"
    elif not text.strip(" "):
        yield "spaces"
    elif "." in text[1:-1]:
        yield "text with a point"


KINDS_OF_TEXT = {
    *("text", "text of several lines", "long text", "long text of several lines"),
    *("line feeds", "empty text", "spaces", "text with a point"),
}


def kinds_of_template(template: Template) -> Iterator[str]:
    """Return which sections a template has, and which names stand in them."""
    for section in SECTIONS:
        yield f"{section} {'with' if template.get(section) else 'without'} content"
    for name in template.get("Resources", {}):
        yield f"name of {'1 to 8' if len(name) <= 8 else '9 to 120'} characters"


@pytest.mark.parametrize(
    ("generated", "kinds_of", "expected"),
    [
        (
            values,
            kinds_of_value,
            {
                *FUNCTIONS,
                *("function of str", "function of list", "function of dict"),
                *KINDS_OF_TEXT,
                *(f"Ref of {kind}" for kind in KINDS_OF_TEXT),
                *(f"Fn::GetAtt of {kind}" for kind in KINDS_OF_TEXT - {"line feeds", "empty text"}),
                *("key of 9 to 120 characters", "key of 115 to 120 characters"),
                *("flow list of mappings", "flow list of others"),
                *("the same twice", "bool", "int", "float", "-0.0"),
            },
        ),
        (
            parts_of_templates,
            kinds_of_template,
            {
                *(f"{section} with content" for section in SECTIONS),
                *(f"{section} without content" for section in SECTIONS),
                *("name of 1 to 8 characters", "name of 9 to 120 characters"),
            },
        ),
    ],
    ids=["values", "templates"],
)
def test_everything_is_generated(
    generated: st.SearchStrategy[Any], kinds_of: Callable[[Any], Iterator[str]], expected: set[str]
) -> None:
    """There soon are values and templates of each kind."""
    missing = set(expected)

    def complete(kinds: list[str]) -> bool:
        missing.difference_update(kinds)
        return not missing

    alike = settings(max_examples=4000, derandomize=True, database=None, phases=[Phase.generate])
    with contextlib.suppress(NoSuchExample):
        find(generated.map(kinds_of).map(list), complete, settings=alike)

    assert missing == set()
