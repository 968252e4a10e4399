"""Short functions and names with one meaning, in both packages."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from functools import cache

import pytest

from .test_imports import modules

LINES = 60
MODULES = 4
STACKS = "csr_templates.stacks"
"""Its functions are as long as what they describe, and each stack has its ``Parameters``."""


REVIEW = ("cfn_analysis.updates", "cfn_analysis.reviewing")
"""Packages whose functions a person reads in one piece."""

CHANGING = {"add", "append", "clear", "extend", "insert", "pop", "popitem", "remove", "setdefault", "update"}


@cache
def trees() -> tuple[tuple[str, ast.Module], ...]:
    """Return the name and the syntax tree of each module."""
    return tuple((module, ast.parse(file.read_text("utf-8"))) for module, file in modules().items())


def hard_to_read(tree: ast.AST) -> Iterator[str]:
    """Yield each function that is long, has many parameters, or whose loops change what they depend on."""
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        parameters = [
            parameter.arg
            for parameter in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)
            if parameter.arg not in ("self", "cls")
        ]
        if (function.end_lineno or 0) - function.lineno + 1 > 40:
            yield f"{function.name}: more than 40 lines"
        if len(parameters) > 6:
            yield f"{function.name}: more than 6 parameters"
        for loop in ast.walk(function):
            if isinstance(loop, ast.For | ast.While | ast.comprehension):
                yield from (f"{function.name}: assigns {name}" for name in assigned(loop) & {*parameters})
            if isinstance(loop, ast.For) and (name := walked(loop)) and name in changed(loop):
                yield f"{function.name}: changes {name}"


def assigned(loop: ast.AST) -> set[str]:
    """Return the names that a loop assigns."""
    names = (node for node in ast.walk(loop) if isinstance(node, ast.Name))
    return {name.id for name in names if isinstance(name.ctx, ast.Store)}


def walked(loop: ast.For) -> str:
    """Return the name of the collection that a loop walks through itself, not through a copy."""
    node = loop.iter
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not node.args:
        node = node.func.value  # such as ``items()``
    return ast.unparse(node) if isinstance(node, ast.Name | ast.Attribute) else ""


def changed(loop: ast.For) -> set[str]:
    """Return the collections to which a loop adds, or from which it removes."""
    collections = set()
    for node in ast.walk(loop):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CHANGING:
            collections.add(ast.unparse(node.func.value))
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Del):
            collections.add(ast.unparse(node.value))
    return collections


def test_functions_are_short() -> None:
    """A longer function has several tasks: split it by meaning."""
    too_long = []
    for module, tree in trees():
        if module.startswith(STACKS):
            continue
        for node in ast.walk(tree):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            length = (node.end_lineno or 0) - node.lineno + 1
            if length >= LINES:
                too_long.append(f"{module}.{node.name}: {length} lines")

    assert too_long == []


@pytest.mark.parametrize("package", REVIEW)
def test_functions_of_the_review_are_read_in_one_piece(package: str) -> None:
    """A loop that assigns a parameter hides what it was: a moved alarm was once reported for that."""
    faults_of = {
        module: list(hard_to_read(tree)) for module, tree in trees() if f"{module}.".startswith(package)
    }

    assert {module: faults for module, faults in faults_of.items() if faults} == {}
    assert len(faults_of) > 5


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("\n    ".join(["1"] * 40), "f: more than 40 lines"),
        ("for c in b: a = c", "f: assigns a"),
        ("while b: a = a[0]", "f: assigns a"),
        ("return [a for a in b]", "f: assigns a"),
        ("for c in a: a.remove(c)", "f: changes a"),
        ("for c in self.d.values(): self.d.pop(c)", "f: changes self.d"),
        ("for c in a.items(): del a[c]", "f: changes a"),
        ("for c in list(a): a.remove(c)", ""),
        ("a = b\n    for c in a: d = c", ""),
    ],
)
def test_what_is_hard_to_read(body: str, fault: str) -> None:
    """The rule above finds these, and accepts a copy."""
    assert list(hard_to_read(ast.parse(f"def f(self, a, b):\n    {body}"))) == ([fault] if fault else [])


def test_many_parameters_are_hard_to_read() -> None:
    """More than six values without a type of their own are told apart only by their position."""
    assert list(hard_to_read(ast.parse("def f(self, a, b, c, d, e, *, g): pass"))) == []
    assert list(hard_to_read(ast.parse("def f(a, b, c, d, e, f, *, g): pass"))) == [
        "f: more than 6 parameters"
    ]


def test_private_names_say_what_they_are() -> None:
    """A helper with the same name in many modules has a name that says nothing: name what it returns."""
    places_of: dict[str, list[str]] = defaultdict(list)
    for module, tree in trees():
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("_"):
                places_of[node.name].append(module)

    assert {name: places for name, places in places_of.items() if len(places) > MODULES} == {}


def test_a_class_name_has_one_meaning() -> None:
    """A reader who finds a class by its name finds one."""
    places_of: dict[str, list[str]] = defaultdict(list)
    for module, tree in trees():
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places_of[node.name].append(module)
    several = {}
    for name, places in places_of.items():
        outside_stacks = [place for place in places if not place.startswith(STACKS)]
        if len(outside_stacks) > 1:
            several[name] = places

    assert several == {}
    assert len(places_of) > 100
