"""Mutation testing, ``make mutation``: change the code in small ways and count what the tests notice.

Each module is mutated in a copy of the checkout, and judged by its own tests; only those named are, with
``ARGS="cfn_analysis.updates.comparison"``. docs/mutation.md says what came of it.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MUTANTS = "mutants/src"  # where mutmut puts the changed code

ENVIRONMENT = ("tests/csr_templates/environments/test_environment.py",)
PROPERTIES = ("tests/csr_templates/environments/test_properties.py", *ENVIRONMENT)
COMBINATIONS = ("tests/csr_templates/environments/test_combinations.py", *PROPERTIES)
RESOLVING = ("tests/cfn_analysis/model/test_resolving.py", "tests/acceptance/generated/test_resolving.py")
RENDERING = ("tests/cfn_analysis/model/test_rendering.py", "tests/acceptance/generated/test_rendering.py")
RESOURCE_CHANGES = "tests/cfn_analysis/updates/test_resource_changes.py"
TESTS = {
    "cfn_analysis.model.rendering": RENDERING,
    "cfn_analysis.model.yaml_text": RENDERING,
    "cfn_analysis.model.references": ("tests/cfn_analysis/model/test_references.py", *RESOLVING),
    "cfn_analysis.model.intrinsics": RESOLVING,
    "cfn_analysis.model.resolving": RESOLVING,
    "cfn_analysis.updates.partial_resolving": (
        "tests/cfn_analysis/updates/test_partial_resolving.py",
        RESOURCE_CHANGES,
    ),
    "cfn_analysis.updates.comparison": ("tests/cfn_analysis/updates/test_comparison.py", RESOURCE_CHANGES),
    "csr_templates.stacks.fingerprint": ("tests/csr_templates/stacks/test_fingerprint.py",),
    "csr_templates.environments.environment": PROPERTIES,
    "csr_templates.environments.combinations": COMBINATIONS,
    "csr_templates.environments.files": ("tests/csr_templates/environments/test_files.py", *ENVIRONMENT),
    "csr_templates.environments.values": COMBINATIONS,
    "csr_templates.assembly.cross_stack": ("tests/csr_templates/assembly/test_cross_stack.py",),
    "csr_templates.assembly.files": (
        "tests/csr_templates/assembly/test_files.py",
        "tests/csr_templates/reference/test_page.py",
    ),
    "csr_templates.assembly.folder": ("tests/csr_templates/assembly/test_folder.py",),
    "cfn_analysis.reviewing.hiding": ("tests/cfn_analysis/reviewing/test_hiding.py",),
    "cfn_analysis.reviewing.reconcile": ("tests/cfn_analysis/reviewing/test_reconcile.py",),
}
# Other processes know nothing of a mutant; mutmut counts calls in its own process only.
LEFT_OUT = ("program_explains", "does_not_load_cfn_lint", "many_builds")

KILLED = {1, 3, 24, -24, 36, 152, 255}  # as mutmut writes it down: a test failed, pytest broke down, too slow


def configuration(module: str) -> str:
    """Return mutmut's section of setup.cfg."""
    options = {
        "source_paths": ["src/"],
        "only_mutate": [f"src/{module.replace('.', '/')}.py"],
        "pytest_add_cli_args_test_selection": TESTS[module],
        "pytest_add_cli_args": ["-p", "no:cacheprovider", "-k", f"not ({' or '.join(LEFT_OUT)})"],
        "also_copy": ["build.py", "docs", "parameters", "out"],
        "use_git_change_detection": ["false"],
    }
    lines = [f"{option} =\n    " + "\n    ".join(values) for option, values in options.items()]
    return "\n[mutmut]\n" + "\n".join(lines) + "\n"


def copy_to(folder: Path, module: str) -> None:
    """Copy what the tests need, and make the folder of mutants: Python remembers which ones are missing."""
    (folder / MUTANTS).mkdir(parents=True)
    for name in ("src", "tests", "docs", "parameters", "out"):
        shutil.copytree(
            ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info")
        )
    for name in ("build.py", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    (folder / "setup.cfg").write_text((ROOT / "setup.cfg").read_text() + configuration(module))


def mutmut(folder: Path, *arguments: str) -> str:
    """Run mutmut in a folder and return what it prints.

    Raises:
        subprocess.CalledProcessError: mutmut could not run the tests.
    """
    environment = {
        **os.environ,
        "CI": "true",  # the same generated examples for every mutant
        "PYTHONPATH": str(folder / MUTANTS),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    command = [sys.executable, "-m", "mutmut", *arguments]
    done = subprocess.run(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if done.returncode:
        print(done.stdout, file=sys.stderr)
    done.check_returncode()
    return done.stdout


def main() -> int:
    """Mutate the modules named, or all, and print the figures of each and the changes that nobody noticed."""
    unknown = [name for name in sys.argv[1:] if name not in TESTS]
    if unknown:
        print(f"There is no module {unknown[0]} to mutate; there are: {', '.join(TESTS)}.", file=sys.stderr)
        return 2
    for module in sys.argv[1:] or TESTS:
        started = time.monotonic()
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place).resolve()
            copy_to(folder, module)
            mutmut(folder, "run", f"{module}.*")
            written = folder / MUTANTS / f"{module.replace('.', '/')}.py.meta"
            codes: dict[str, int] = json.loads(written.read_text())["exit_code_by_key"]
            missed = [name for name, code in codes.items() if code not in KILLED]
            print(
                f"{module}: {len(codes)} mutants, {len(codes) - len(missed)} killed, "
                f"{1 - len(missed) / len(codes):.1%}, {time.monotonic() - started:.0f} s",
                flush=True,
            )
            for name in missed:
                print(mutmut(folder, "show", name), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
