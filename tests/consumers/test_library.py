"""The library as its users meet it: imported, installed from a wheel, run with another hash seed."""

import os
import re
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

import csr_templates
from csr_templates import STACKS
from release import dist

ROOT = Path(__file__).resolve().parents[2]
RENDER_ALL = """
import hashlib
from csr_templates import STACKS, render
for stack in STACKS:
    t = stack.build()
    print(stack.template, hashlib.sha256(render(t.to_dict(), sections=t.sections).encode()).hexdigest())
"""


def python(code: str, cwd: Path, **environment: str) -> str:
    """Run Python code in a separate process and return its output."""
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_example_of_the_readme_works() -> None:
    """The example of importing the library in README.md runs as written."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"<!-- example -->\n```python\n(.*?)```", readme, re.DOTALL)

    exec(compile(example, "README.md", "exec"), {})


def test_import_is_light(tmp_path: Path) -> None:
    """Importing the stacks loads neither cfn-lint nor boto3; the package, not even troposphere."""
    code = "import sys, csr_templates as c; print(*sys.modules); c.STACKS; print(*sys.modules)"
    before, after = python(code, tmp_path).splitlines()

    assert "troposphere" not in before.split()
    assert "troposphere" in after.split()
    assert not {"cfnlint", "boto3", "botocore"} & set(after.split())


def test_our_rules_do_not_wait_for_troposphere(tmp_path: Path) -> None:
    """``cfn-lint -a cfn_analysis.rules`` loads no template of ours."""
    loaded = python("import sys, cfn_analysis.rules; print(*sys.modules)", tmp_path).split()

    assert "cfnlint" in loaded
    assert "troposphere" not in loaded


def test_names_are_listed_before_they_are_loaded(tmp_path: Path) -> None:
    """Consoles and editors complete them."""
    printed = python("import csr_templates; print(*dir(csr_templates))", tmp_path).split()

    assert set(csr_templates.__all__) < set(printed)


def test_every_public_name_is_there(tmp_path: Path) -> None:
    """All exported names can be imported, also those that are loaded on first use."""
    printed = python(
        "import csr_templates as c; print(*(name for name in c.__all__ if getattr(c, name)))", tmp_path
    )

    assert printed.split() == csr_templates.__all__


def test_unknown_name_is_an_attribute_error(tmp_path: Path) -> None:
    """A misspelt name fails as with any module."""
    printed = python(
        "import csr_templates\ntry: csr_templates.lnit\nexcept AttributeError as error: print(error)",
        tmp_path,
    )

    assert printed == "module 'csr_templates' has no attribute 'lnit'\n"


def test_type_checkers_know_the_names(tmp_path: Path) -> None:
    """Mypy accepts every public name, and refuses a misspelt one, imported or as an attribute."""
    good = tmp_path / "good.py"
    good.write_text(f"from csr_templates import {', '.join(csr_templates.__all__)}\n")
    bad = tmp_path / "bad.py"
    bad.write_text("import csr_templates\nfrom csr_templates import lnit\n\ncsr_templates.rendr\n")
    options = ["--config-file", str(ROOT / "setup.cfg"), "--cache-dir", str(tmp_path / "cache")]

    checked = subprocess.run(
        [sys.executable, "-m", "mypy", *options, "--no-error-summary", str(good), str(bad)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert re.findall(r"(good|bad)\.py:(\d+): error: .*\[([a-z-]+)\]", checked.stdout) == [
        ("bad", "2", "attr-defined"),
        ("bad", "4", "attr-defined"),
    ], checked.stdout + checked.stderr


def test_programs_of_the_analysis_page_have_types(tmp_path: Path) -> None:
    """Another project that installs the wheel checks the programs of docs/analysis.md with mypy --strict."""
    site = tmp_path / "site"
    with zipfile.ZipFile(dist.wheel(tmp_path)) as wheel:
        wheel.extractall(site)
    environment = tmp_path / "environment"
    venv.create(environment, with_pip=False)
    (folder,) = environment.glob("lib/python*/site-packages")
    (folder / "wheel.pth").write_text(f"{site}\n")
    page = (ROOT / "docs" / "analysis.md").read_text("utf-8")
    programs = tmp_path / "programs"
    programs.mkdir()
    for number, text in enumerate(re.findall(r"^```python\n(.*?)^```", page, re.M | re.S)):
        (programs / f"program_{number}.py").write_text(text, "utf-8")
    (programs / "wrong.py").write_text(
        "from cfn_analysis import lint, review\n\n"
        'lint(5, "eu-west-1")\nreview("a", "b")\n'
        'reveal_type(review("a", "b", region="eu-west-1").risks[0].message)\n'
    )
    options = ["--strict", "--config-file=", f"--python-executable={environment / 'bin' / 'python'}"]

    checked = subprocess.run(
        [sys.executable, "-m", "mypy", *options, "--cache-dir", str(tmp_path / "cache"), "."],
        cwd=programs,
        capture_output=True,
        text=True,
        check=False,
    )

    messages = re.findall(
        r"^(\w+)\.py:(\d+): (?:error: .*\[([a-z-]+)\]|note: (Revealed.*))$", checked.stdout, re.M
    )
    assert messages == [
        ("wrong", "3", "arg-type", ""),
        ("wrong", "4", "call-overload", ""),
        ("wrong", "5", "", 'Revealed type is "str"'),
    ], checked.stdout + checked.stderr


def test_same_bytes_under_any_hash_seed(tmp_path: Path) -> None:
    """The order of sets and hashes never reaches a template."""
    printed = {python(RENDER_ALL, tmp_path, PYTHONHASHSEED=str(seed)) for seed in range(10)}

    assert len(printed) == 1


def test_wheel_works_without_the_repository(tmp_path: Path) -> None:
    """The built wheel, installed elsewhere, renders the very files that are in out/, and lints."""
    wheel = dist.wheel(tmp_path)
    site = tmp_path / "site"
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    subprocess.run(
        [*pip, "install", "--no-deps", "--no-index", "--target", str(site), str(wheel)], check=True
    )
    empty = tmp_path / "empty"
    empty.mkdir()

    where = python("import csr_templates; print(csr_templates.__file__)", empty, PYTHONPATH=str(site))
    rendered = {
        stack.template: python(
            f"from csr_templates.cli.main import main; main(['render', {stack.name!r}])",
            empty,
            PYTHONPATH=str(site),
        )
        for stack in STACKS
    }
    findings = python(
        "from csr_templates import lint, network, render\n"
        "print(lint(render(network.build().to_dict()), 'ap-northeast-1'))",
        empty,
        PYTHONPATH=str(site),
    )

    assert Path(where.strip()).is_relative_to(site)
    assert (site / "csr_templates" / "py.typed").exists()
    assert findings == "[]\n"
    assert rendered == {
        stack.template: (ROOT / "out" / stack.template).read_text(encoding="ascii") for stack in STACKS
    }


@pytest.mark.skipif(sys.platform == "win32", reason="the Makefile needs a POSIX shell")
class TestMakefile:
    """Messages of `make` for missing programs, and files that it does not change."""

    MAKING = """[ "$2" != venv ] || { mkdir "$3/bin" && cp "$0" "$3/bin/python"; }"""  # for fake_python

    def make(self, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run make in a folder with only the Makefile."""
        shutil.copy(ROOT / "Makefile", folder)
        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("MAKE", "MF", "PYTHON", "VENV"))  # as `make VENV=... test` passes them on
        }
        return subprocess.run(
            ["make", *arguments], cwd=folder, capture_output=True, text=True, check=False, env=environment
        )

    def fake_python(self, folder: Path, script: str) -> str:
        """Return the path of a program that answers like a Python of another kind."""
        program = folder / "fakepython"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        return str(program)

    def test_help_is_the_default(self, tmp_path: Path) -> None:
        """`make` alone lists every target with what it does."""
        result = self.make(tmp_path)
        targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))

        assert result.returncode == 0
        assert {line.split()[1] for line in result.stdout.splitlines()} == targets

    def test_missing_python(self, tmp_path: Path) -> None:
        """A Python that is not there is named, with what to do."""
        result = self.make(tmp_path, "PYTHON=nopython", "templates")

        assert result.returncode == 2
        assert (
            "nopython was not found. Install Python 3.11 or newer, or use another one: "
            "make PYTHON=python3.12 ...\n"
        ) in result.stderr

    def test_old_python(self, tmp_path: Path) -> None:
        """A Python that is too old is named with its version."""
        fake = self.fake_python(tmp_path, "case $1 in --version) echo Python 3.9.2;; *) exit 1;; esac")
        result = self.make(tmp_path, f"PYTHON={fake}", "test")

        assert result.returncode == 2
        assert (
            f"{fake} is Python 3.9.2, but Python 3.11 or newer is required. Use another one: "
            "make PYTHON=python3.12 ...\n"
        ) in result.stderr

    def test_python_without_venv(self, tmp_path: Path) -> None:
        """A Python without the venv module, as Debian ships it, gets the name of the package."""
        fake = self.fake_python(tmp_path, 'case "$2" in *ensurepip*) exit 1;; *) exit 0;; esac')
        result = self.make(tmp_path, f"PYTHON={fake}", "test")

        assert result.returncode == 2
        assert (
            f"{fake} comes without the modules venv and ensurepip. Install them (on Debian and Ubuntu: "
            "the package python3-venv) and try again.\n"
        ) in result.stderr
        assert not (tmp_path / ".venv").exists()

    @pytest.mark.parametrize("target", ["templates", "clean"])
    @pytest.mark.parametrize("name", ["data/notes.txt", "data/pyvenv.cfg", "data"])
    def test_folder_of_somebody_else(self, tmp_path: Path, name: str, target: str) -> None:
        """What make did not make, be it data, a virtual environment made by hand or a file, stays whole."""
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("precious")
        (tmp_path / ".mypy_cache").mkdir()
        result = self.make(tmp_path, f"PYTHON={self.fake_python(tmp_path, self.MAKING)}", "VENV=data", target)

        assert result.returncode == 2
        assert (
            "data was not created by make, so make does not change it. Move it away, or use another "
            "folder: make VENV=.venv2 ...\n"
        ) in result.stderr
        assert path.read_text() == "precious"
        assert {path.name for path in tmp_path.iterdir()} == {"Makefile", "fakepython", "data", ".mypy_cache"}
        assert list((tmp_path / "data").glob("*")) == [path] * (path.parent != tmp_path)

    @pytest.mark.parametrize("target", ["templates", "clean"])
    @pytest.mark.parametrize("venv", ["my data", "data ", ""])
    def test_folder_with_a_space(self, tmp_path: Path, venv: str, target: str) -> None:
        """Make reads a path with a space as two; neither of them, nor the root, is changed."""
        for name in ("my", "data", "my data"):
            (tmp_path / name).mkdir()
            (tmp_path / name / ".created").touch()
        result = self.make(tmp_path, f"VENV={venv}", target)

        assert (result.returncode, result.stdout) == (2, "")
        assert (
            f'VENV is "{venv}", but must be the path of one folder, without a space in it, such as .venv.'
        ) in result.stderr
        assert len(list(tmp_path.glob("*/.created"))) == 3

    def test_interrupted(self, tmp_path: Path) -> None:
        """A virtual environment that a killed make left behind is created again, or removed."""
        killing = """[ "$2" != venv ] || { touch "$3/half"; kill -9 $PPID; }"""
        half = tmp_path / ".venv" / "half"

        for target in (".venv/.created", "clean"):
            python = f"PYTHON={self.fake_python(tmp_path, killing)}"
            assert self.make(tmp_path, python, ".venv/.created").returncode == -9
            assert half.exists()
            python = f"PYTHON={self.fake_python(tmp_path, self.MAKING)}"
            assert self.make(tmp_path, python, target).returncode == 0
            assert not half.exists()
            assert (tmp_path / ".venv").exists() == (target != "clean")
            self.make(tmp_path, "clean")
            assert not (tmp_path / ".venv").exists()

    def test_python_that_is_gone(self, tmp_path: Path) -> None:
        """A virtual environment whose Python was removed or upgraded is created again, any other is kept."""
        fake = self.fake_python(tmp_path, self.MAKING)
        interpreter = tmp_path / ".venv" / "bin" / "python"

        def made() -> bool:
            result = self.make(tmp_path, f"PYTHON={fake}", ".venv/.created")
            assert (result.returncode, result.stderr) == (0, "")
            return "Creating the virtual environment .venv\n" in result.stdout

        assert (made(), made()) == (True, False)
        interpreter.unlink()
        assert (made(), made()) == (True, False)
        interpreter.write_text("#!/bin/sh\necho No module named pip >&2; exit 1\n")
        assert (made(), made()) == (True, False)
