"""Short functions and names with one meaning, in both packages."""

import ast
from collections import defaultdict
from collections.abc import Iterator

from .test_imports import modules

LINES = 60
MODULES = 4
STACKS = "csr_templates.stacks"
"""Its functions are as long as what they describe, and each stack has its ``Parameters``."""


def trees() -> Iterator[tuple[str, ast.Module]]:
    """Yield the name and the syntax tree of each module."""
    for module, file in modules().items():
        yield module, ast.parse(file.read_text("utf-8"))


def test_functions_are_short() -> None:
    """A longer function has several tasks: split it by meaning."""
    assert [
        f"{module}.{node.name}: {length} lines"
        for module, tree in trees()
        if not module.startswith(STACKS)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if (length := (node.end_lineno or 0) - node.lineno + 1) >= LINES
    ] == []


def test_private_names_say_what_they_are() -> None:
    """A helper with the same name in many modules has a name that says nothing: name what it returns."""
    found: dict[str, list[str]] = defaultdict(list)
    for module, tree in trees():
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("_"):
                found[node.name].append(module)

    assert {name: places for name, places in found.items() if len(places) > MODULES} == {}


def test_a_class_name_has_one_meaning() -> None:
    """A reader who finds a class by its name finds one."""
    found: dict[str, list[str]] = defaultdict(list)
    for module, tree in trees():
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found[node.name].append(module)
    several = {
        name: places
        for name, places in found.items()
        if len([place for place in places if not place.startswith(STACKS)]) > 1
    }

    assert several == {}
    assert len(found) > 100
