"""How the code is laid out, according to CONTRIBUTING.md."""

from __future__ import annotations

import ast
import re

from csr_templates import STACKS

from .pages import ROOT, read

PACKAGE = ROOT / "src" / "csr_templates"


def test_imports_point_upwards_in_the_layout() -> None:
    """Every module stands in the list, and imports, at any moment, none that stands below it."""
    blocks = read(ROOT / "CONTRIBUTING.md").blocks
    (layout,) = [block.text for block in blocks if block.chapter == "How the code is laid out"]
    lines = layout.replace("\u2026", " ".join(f"{stack.name}.py" for stack in STACKS)).splitlines()
    place = {name: at for at, line in enumerate(lines) for name in re.findall(r"(\w+)(?:\.py|/)", line)}
    files = set(PACKAGE.glob("**/*.py")) - {PACKAGE / "__init__.py"}
    modules = {path: path.relative_to(PACKAGE).parts[0].removesuffix(".py") for path in files}

    assert set(place) - {"parameters", "out"} == set(modules.values())

    downwards = []
    for path, module in modules.items():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import | ast.ImportFrom):
                source = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
                names = [f"{source}{alias.name}".split(".") for alias in node.names]
                ours = [name[1] for name in names if name[0] == "csr_templates"]
                downwards += [f"{module}: {name}" for name in ours if place[name] > place[module]]

    assert downwards == []
