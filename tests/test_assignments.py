"""Assignments that a reader does not expect: a parameter that gets another value in a loop."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SRC = Path(__file__).resolve().parents[1] / "src"
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
LOOPS = (ast.For, ast.AsyncFor, ast.While)


def overwritten(code: str) -> Iterator[tuple[int, str]]:
    """Yield line and name of each parameter of a function that is assigned in a loop of the function."""
    for function in ast.walk(ast.parse(code)):
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
            arguments = function.args
            listed = [
                *arguments.posonlyargs,
                *arguments.args,
                *arguments.kwonlyargs,
                arguments.vararg,
                arguments.kwarg,
            ]
            parameters = {parameter.arg for parameter in listed if parameter}
            for name in _assigned(function, in_loop=False):
                if name.id in parameters:
                    yield name.lineno, name.id


def _assigned(node: ast.AST, *, in_loop: bool) -> Iterator[ast.Name]:
    """Yield the names that are assigned in the loops of a part of a function, in its own scope."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store) and in_loop:
            yield child
        elif isinstance(child, ast.comprehension):  # its target is in a scope of its own
            yield from _assigned(child.iter, in_loop=in_loop)
            for condition in child.ifs:
                yield from _assigned(condition, in_loop=in_loop)
        elif not isinstance(child, SCOPES):
            yield from _assigned(child, in_loop=in_loop or isinstance(child, LOOPS))


def test_no_parameter_is_assigned_in_a_loop() -> None:
    """The code after the loop would take the value of the last pass for the argument of the caller."""
    places = []
    for file in sorted(SRC.rglob("*.py")):
        for line, name in overwritten(file.read_text("utf-8")):
            places.append(f"{file.relative_to(SRC)}:{line}: {name}")

    assert places == []


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("def f(a):\n for key in a:\n  a = key", ["a"]),
        ("def f(*, a):\n for a in b:\n  pass", ["a"]),
        ("def f(*a, **b):\n while c:\n  a, (b, d) = c", ["a", "b"]),
        ("def f(a):\n while a := a.parent:\n  pass", ["a"]),
        ("def f(a):\n for b in c:\n  with b as d:\n   a += 1", ["a"]),
        ("class C:\n async def f(self, a):\n  async for b in a:\n   del b\n   a = b", ["a"]),
        ("def f(a):\n a = a or {}\n return a", []),
        ("def f(a):\n for b in a:\n  c = [a for a in b if a]", []),
        ("def f(a):\n for b in a:\n  def g():\n   a = b\n  c = lambda: (a := b)", []),
        ("def f(a=lambda b: b):\n for b in a:\n  pass", []),
        ("a = 1\nfor a in b:\n a = 2", []),
    ],
)
def test_assignments_are_found(code: str, names: list[str]) -> None:
    """Loops of each kind, parameters of each kind; not in another scope, and not outside of loops."""
    assert [name for _, name in overwritten(code)] == names
