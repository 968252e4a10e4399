"""The command line: arguments, messages, exit codes."""

from __future__ import annotations

import importlib.metadata
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from troposphere import Ref, Template, s3

from csr_templates import STACKS, Stack, StackTemplate
from csr_templates.assembly import files as output
from csr_templates.assembly import folder as writing
from csr_templates.cli import main as cli

ROOT = Path(__file__).resolve().parents[2]
GOOD_TEMPLATE = "Resources:\n  Topic:\n    Type: AWS::SNS::Topic\n"
BAD_TEMPLATE = "Resources:\n  Topic:\n    Type: AWS::SNS::Topic\n    Properties:\n      TopicNam: x\n"


def bucket_template() -> StackTemplate:
    """Return a template without mistakes."""
    t = StackTemplate("One bucket")
    t.add_resource(s3.Bucket("SiteBucket", DeletionPolicy="Retain", UpdateReplacePolicy="Retain"))
    return t


def broken_template() -> StackTemplate:
    """Return a template that the linter objects to."""
    t = bucket_template()
    t.resources["SiteBucket"].BucketName = Ref("Nowhere")
    return t


def unrenderable_template() -> StackTemplate:
    """Return a template that the renderer refuses."""
    t = bucket_template()
    t.set_metadata({"Empty": None})
    return t


def mistyped_template() -> StackTemplate:
    """Make the kind of mistake that Python finds."""
    t = bucket_template()
    t.resources["SiteBucket"].BucketNam = "x"
    return t


@pytest.fixture(autouse=True)
def stacks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the command two small stacks; the tests in processes of their own have the real ones."""
    small = (
        Stack("site", "site.yaml", "us-east-1", bucket_template),
        Stack("logs", "logs.yaml", "us-east-1", bucket_template),
    )
    monkeypatch.setattr(cli, "STACKS", small)
    monkeypatch.setattr(cli, "_default_parameters", lambda: None)  # they have none


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """An output folder that no build has made yet."""
    return tmp_path / "out"


FILES_OF_ONE = ["stack-policies/{}.json", "deploy-policies/{}.json", "deploy-policies/{}-delete.json"]
POLICIES = {name: [path.format(name) for path in FILES_OF_ONE] for name in ("site", "logs")}


def paths(folder: Path) -> list[str]:
    """Return the paths of all files in a folder."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def build(out: Path, *options: str) -> int:
    """Run ``csr-templates build`` into ``out``, without lint."""
    return cli.main(["build", "--no-lint", "--output", str(out), *options])


def use(monkeypatch: pytest.MonkeyPatch, template: Any) -> None:
    """Let the command know one stack only."""
    monkeypatch.setattr(cli, "STACKS", (Stack("site", "site.yaml", "us-east-1", template),))


def run(*arguments: str, cwd: Path, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run Python in a process of its own."""
    return subprocess.run([sys.executable, *arguments], cwd=cwd, capture_output=True, text=True, **options)


def without_seconds(text: str) -> list[str]:
    """Return the words of each line, the time that differs from run to run left out."""
    lines = [line.split() for line in text.splitlines()]
    return [" ".join(words[:-2] if words[-1:] == ["s"] else words) for words in lines]


# ---- build ----


def test_build_writes_and_prints_one_line_per_stack(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A build that went well names each stack with its size, and counts what it did."""
    assert build(out) == 0

    size = (out / "site.yaml").stat().st_size
    assert without_seconds(capsys.readouterr().out) == [
        f"site site.yaml 1 resources {size:,} bytes",
        f"logs logs.yaml 1 resources {size:,} bytes",
        f"{out}: 10 written, 0 removed, 0 unchanged.",
    ]
    assert paths(out) == sorted(
        ["logs.yaml", "site.yaml", *POLICIES["site"], *POLICIES["logs"], "reference.md", "stacks.json"]
    )


def test_build_reports_removed_and_unknown_files(
    out: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a build removed and what it does not know stands below the stacks, one line each."""
    build(out)
    (out / "notes.txt").write_bytes(b"mine")
    use(monkeypatch, bucket_template)
    capsys.readouterr()

    assert build(out) == 0

    assert capsys.readouterr().out.splitlines()[1:] == [
        f"{out}: 2 written, 4 removed, 4 unchanged.",
        f"Removed: {', '.join(['logs.yaml', *POLICIES['logs']])}.",
        "Left alone, since no build wrote it like that: notes.txt.",
    ]


@pytest.mark.parametrize("options", [[], ["--check"], ["--format", "json"]], ids=" ".join)
def test_quiet_prints_nothing_on_success(
    out: Path, options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """With --quiet a command that went well says nothing at all."""
    build(out, "--quiet")

    assert build(out, "--quiet", *options) == 0
    assert capsys.readouterr() == ("", "")


def test_findings_stop_the_build(
    out: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a finding nothing is written, not even the folder; findings are printed, quiet or not."""
    use(monkeypatch, broken_template)

    assert cli.main(["build", "--quiet", "--output", str(out)]) == 1

    captured = capsys.readouterr()
    assert "E1020" in captured.out
    assert captured.out.endswith("nothing was written.\n")
    assert captured.err == ""
    assert not out.exists()


def test_stacks_that_do_not_fit_together_stop_the_build(
    out: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A problem between stacks is printed and nothing is written, also without lint."""
    stale = Stack("site", "site.yaml", "us-east-1", bucket_template, stale=lambda template: ["It is stale."])
    monkeypatch.setattr(cli, "STACKS", (stale,))

    assert cli.main(["build", "--no-lint", "--output", str(out)]) == 1
    assert capsys.readouterr().out == "Stack site: It is stale.\n1 finding; nothing was written.\n"
    assert not out.exists()

    assert cli.main(["build", "--no-lint", "--format", "json", "--output", str(out)]) == 1
    document = json.loads(capsys.readouterr().out)
    assert (document["status"], document["problems"]) == ("findings", ["Stack site: It is stale."])


def test_check_is_content_with_fresh_files(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder that holds what would be built passes."""
    build(out)
    capsys.readouterr()

    assert build(out, "--check") == 0
    assert capsys.readouterr().out.splitlines()[-1] == f"{out} is up to date: 10 files."


def test_check_shows_what_is_stale_and_the_command(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each stale file is explained, then named, then comes the command that refreshes it."""
    build(out)
    (out / "site.yaml").unlink()
    fresh = (out / "logs.yaml").read_bytes()
    (out / "logs.yaml").write_bytes(fresh + b"# edited\n")
    before = {path: (out / path).read_bytes() for path in paths(out)}
    capsys.readouterr()

    assert build(out, "--check") == 1

    lines = capsys.readouterr().out.splitlines()
    name = (out / "logs.yaml").as_posix()
    assert lines[:3] == [
        f"{(out / 'site.yaml').as_posix()} is missing.",
        f"--- {name}",
        f"+++ {name} (as it would be built)",
    ]
    assert lines[-3] == "-# edited"
    assert lines[-2] == f"Stale in {out}: site.yaml, logs.yaml."
    assert lines[-1].startswith("Refresh with: ")
    assert lines[-1].endswith(f"--output {out}")
    assert before == {path: (out / path).read_bytes() for path in paths(out)}


def test_check_makes_no_folder(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Checking a missing folder says that all is missing and does not make it."""
    assert build(out, "--check") == 1

    stale = ["site.yaml", "logs.yaml", *POLICIES["site"], *POLICIES["logs"], "reference.md", "stacks.json"]
    assert f"Stale in {out}: {', '.join(stale)}." in capsys.readouterr().out
    assert not out.exists()


def test_check_lints_too(
    out: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fresh files with findings do not pass, and findings do not hide what is stale."""
    use(monkeypatch, broken_template)
    build(out)
    capsys.readouterr()

    assert cli.main(["build", "--check", "--output", str(out)]) == 1
    assert "E1020" in capsys.readouterr().out

    (out / "site.yaml").unlink()
    assert cli.main(["build", "--check", "--output", str(out)]) == 1
    text = capsys.readouterr().out
    assert "E1020" in text
    assert f"Stale in {out}: site.yaml." in text


# ---- build --format json ----


def test_json_of_a_build(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Standard output holds one document: the status, the stacks, what was done, the findings."""
    assert build(out, "--format", "json") == 0

    document = json.loads(capsys.readouterr().out)
    assert all(stack.pop("seconds") >= 0 for stack in document["stacks"])
    size = (out / "site.yaml").stat().st_size
    assert document == {
        "status": "ok",
        "message": "",
        "mistakes": [],
        "stacks": [
            {"name": name, "template": f"{name}.yaml", "region": "us-east-1", "resources": 1, "bytes": size}
            for name in ("site", "logs")
        ],
        "files": {
            "written": [
                "site.yaml",
                "logs.yaml",
                *POLICIES["site"],
                *POLICIES["logs"],
                "reference.md",
                "stacks.json",
            ],
            "removed": [],
            "unchanged": [],
            "stale": [],
            "unknown": [],
        },
        "problems": [],
        "findings": [],
    }


def test_json_of_a_check(
    out: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A check names the stale files, surplus ones too, and has written and removed nothing."""
    build(out)
    (out / "notes.txt").write_bytes(b"mine")
    use(monkeypatch, bucket_template)
    capsys.readouterr()

    assert build(out, "--check", "--format", "json") == 1

    document = json.loads(capsys.readouterr().out)
    assert document["status"] == "stale"
    assert document["files"] == {
        "written": [],
        "removed": [],
        "unchanged": ["site.yaml", *POLICIES["site"]],
        "stale": ["reference.md", "stacks.json", "logs.yaml", *POLICIES["logs"]],
        "unknown": ["notes.txt"],
    }


def test_json_of_findings(
    out: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Findings are listed with all they say of their place."""
    use(monkeypatch, broken_template)

    assert cli.main(["build", "--format", "json", "--output", str(out)]) == 1

    document = json.loads(capsys.readouterr().out)
    assert document["status"] == "findings"
    finding = next(finding for finding in document["findings"] if finding["rule"] == "E1020")
    assert finding["stack"] == "site"
    assert finding["logical_id"] == "SiteBucket"
    assert finding["severity"] == "error"
    assert finding["file"] == "site.yaml"
    assert finding["source"].startswith("test_main.py:")


def test_json_of_an_error(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An error is a document too; the sentence also goes to standard error."""
    out.write_bytes(b"mine")

    assert build(out, "--format", "json") == 2

    sentence = f"{out} is not a folder. Name a folder with --output, or move it elsewhere."
    captured = capsys.readouterr()
    document = json.loads(captured.out)
    assert (document["status"], document["message"]) == ("error", sentence)
    assert captured.err == f"csr-templates: {sentence}\n"


def test_json_of_a_mistake_in_the_code_of_a_stack(
    out: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even then standard output holds one document; the traceback is on standard error."""
    use(monkeypatch, mistyped_template)

    assert build(out, "--format", "json") == 2

    captured = capsys.readouterr()
    document = json.loads(captured.out)
    assert document["status"] == "error"
    assert document["message"].startswith("AttributeError: ")
    assert captured.err.startswith("Traceback (most recent call last):\n")


# ---- Errors ----


@pytest.mark.parametrize("options", [[], ["--check"]], ids=["build", "check"])
def test_fails_on_a_foreign_folder(out: Path, options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """A folder with files of somebody else is refused with a sentence and stays as it is."""
    out.mkdir()
    (out / "thesis.txt").write_bytes(b"mine")

    assert build(out, *options) == 2

    assert capsys.readouterr() == (
        "",
        f"csr-templates: {out} holds files but no stacks.json, so no build made them. Name a new or empty "
        "folder with --output, or empty this one, then build again.\n",
    )
    assert [path.name for path in out.iterdir()] == ["thesis.txt"]


def test_fails_on_a_template_that_cannot_be_rendered(
    out: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the renderer refuses is a sentence with stack and place, and nothing is written."""
    use(monkeypatch, unrenderable_template)

    assert build(out) == 2

    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("csr-templates: Stack site: Metadata.Empty")
    assert captured.err.count("\n") == 1
    assert not out.exists()


@pytest.mark.parametrize("made", [Template(), {"Resources": {}}, None], ids=["Template", "dict", "None"])
@pytest.mark.parametrize("command", ["build", "check", "render", "environments"])
def test_fails_on_a_stack_without_a_stack_template(
    command: str,
    made: Any,
    tmp_path: Path,
    out: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whatever else ``build`` returns is a sentence with the stack and what to return, not a traceback."""
    use(monkeypatch, lambda: made)
    given = {
        "build": ["build", "--no-lint", "--output", str(out)],
        "check": ["build", "--check", "--no-lint", "--output", str(out)],
        "render": ["render", "site"],
        "environments": ["environments", "--parameters", str(tmp_path)],
    }

    assert cli.main(given[command]) == 2

    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(f"csr-templates: Stack site: build() in {__file__} returned ")
    assert captured.err.endswith(
        "Create the template with StackTemplate from csr_templates, and return it.\n"
    )
    assert captured.err.count("\n") == 1
    assert not out.exists()


def test_mistake_in_the_code_of_a_stack_is_shown_in_full(
    out: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mistake in Python keeps its traceback, but not the exit code that means findings."""
    use(monkeypatch, mistyped_template)

    assert build(out) == 2

    error = capsys.readouterr().err
    assert error.startswith("Traceback (most recent call last):\n")
    assert 't.resources["SiteBucket"].BucketNam = "x"' in error
    assert error.endswith("object does not support attribute BucketNam\n")
    assert not out.exists()


def test_interrupt_is_one_sentence(
    out: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C ends with the exit code that shells know and without a traceback."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(writing, "write", interrupt)

    assert build(out) == 130
    assert capsys.readouterr() == (
        "",
        "Interrupted; the next build mends what this one left unfinished.\n",
    )


USAGE_ERRORS = {
    "no command": ([], "the following arguments are required: COMMAND"),
    "unknown command": (["deploy"], "invalid choice: 'deploy'"),
    "unknown option": (["build", "--fast"], "unrecognized arguments: --fast"),
    "abbreviated option": (["build", "--out", "x"], "unrecognized arguments: --out x"),
    "unknown format": (["build", "--format", "sarif"], "invalid choice: 'sarif'"),
    "unknown lint format": (["lint", "--format", "xml", "x"], "invalid choice: 'xml'"),
    "no name of a folder": (["build", "--output", ""], "error: argument --output: the name of the folder is"),
    "no file": (["lint"], "the following arguments are required: FILE"),
    "unknown stack": (
        ["render", "netwrok"],
        "error: argument STACK: there is no stack 'netwrok'; the stacks are: site, logs.\n",
    ),
}


@pytest.mark.parametrize(("arguments", "message"), USAGE_ERRORS.values(), ids=USAGE_ERRORS)
def test_fails_on_wrong_arguments(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Wrong arguments end with exit code 2, the usage and what is wrong."""
    with pytest.raises(SystemExit) as caught:
        cli.main(arguments)

    assert caught.value.code == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("usage: csr-templates")
    assert message in captured.err


# ---- render ----


def test_render_prints_what_a_build_writes(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The YAML on standard output is the file, byte for byte."""
    build(out)
    capsys.readouterr()

    assert cli.main(["render", "site"]) == 0
    assert capsys.readouterr() == ((out / "site.yaml").read_text("ascii"), "")


# ---- lint ----


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A current folder with a good and a bad template."""
    (tmp_path / "good.yaml").write_text(GOOD_TEMPLATE)
    (tmp_path / "bad.yaml").write_text(BAD_TEMPLATE)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_lint_is_silent_about_a_good_template(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No finding, no output."""
    assert cli.main(["lint", "good.yaml"]) == 0
    assert capsys.readouterr() == ("", "")


def test_lint_reports_every_file(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Findings of all files go to standard output, with file and line."""
    assert cli.main(["lint", "good.yaml", "bad.yaml"]) == 1

    captured = capsys.readouterr()
    assert "E3002" in captured.out
    assert "bad.yaml:5:7" in captured.out
    assert "good.yaml" not in captured.out
    assert captured.err == ""


def test_lint_prints_json(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The JSON is cfn-lint's: a list of matches."""
    assert cli.main(["lint", "--format", "json", "bad.yaml"]) == 1

    assert [(m["Filename"], m["Rule"]["Id"]) for m in json.loads(capsys.readouterr().out)] == [
        ("bad.yaml", "E3002")
    ]


def test_lint_judges_for_the_region(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A resource type that a region lacks is a finding there and nowhere else; the default is Tokyo."""
    (files / "regional.yaml").write_text("Resources:\n  Export:\n    Type: AWS::BCMDataExports::Export\n")
    absent = "does not exist in 'ap-northeast-1'"

    cli.main(["lint", "regional.yaml"])
    assert absent in capsys.readouterr().out

    cli.main(["lint", "--region", "us-east-1", "regional.yaml"])
    assert absent not in capsys.readouterr().out

    cli.main(["lint", "--region", "us-east-1", "--region", "ap-northeast-1", "regional.yaml"])
    assert absent in capsys.readouterr().out


def test_lint_fails_on_an_unknown_region(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A region that cfn-lint does not know is a sentence and exit code 2."""
    assert cli.main(["lint", "--region", "mars-1", "good.yaml"]) == 2

    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("csr-templates: Cannot lint for the regions ['mars-1']: ")


LINT_ERRORS = {
    "missing": (
        "none.yaml",
        "Cannot read none.yaml: No such file or directory. Name a template, YAML or JSON.",
    ),
    "folder": ("folder", "Cannot read folder: Is a directory. Name a template, YAML or JSON."),
    "not UTF-8": ("latin.yaml", "Cannot read latin.yaml: byte 4 is not UTF-8. Save the template as UTF-8."),
}


@pytest.mark.parametrize(("file", "message"), LINT_ERRORS.values(), ids=LINT_ERRORS)
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other words for it")
def test_lint_fails_on_an_unreadable_file(
    files: Path, file: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file that cannot be read is a sentence and exit code 2; the others are not linted either."""
    (files / "folder").mkdir()
    (files / "latin.yaml").write_bytes(b"A: \xfc\n")

    assert cli.main(["lint", "bad.yaml", file]) == 2
    assert capsys.readouterr() == ("", f"csr-templates: {message}\n")


# ---- As a program ----


def test_version(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """--version prints the installed version, and says so where nothing is installed."""
    monkeypatch.setattr(importlib.metadata, "version", lambda name: {"csr-templates": "1.2.3"}[name])
    with pytest.raises(SystemExit) as caught:
        cli.main(["--version"])
    assert (caught.value.code, capsys.readouterr().out) == (0, "csr-templates 1.2.3\n")

    def missing(name: str) -> str:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", missing)
    with pytest.raises(SystemExit):
        cli.main(["--version"])
    assert capsys.readouterr().out == "csr-templates (not installed, run from its source)\n"


@pytest.mark.parametrize(
    "arguments", [[], ["build"], ["environments"], ["render"], ["lint"]], ids=lambda a: " ".join(a) or "all"
)
def test_help_explains_the_exit_codes(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Every --help says what the exit codes mean."""
    with pytest.raises(SystemExit) as caught:
        cli.main([*arguments, "--help"])

    assert caught.value.code == 0
    assert cli.EXIT_CODES in capsys.readouterr().out


def test_installed_package_writes_to_the_current_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a checkout around it, the command builds into ./out and names itself as what refreshes it."""
    installed = tmp_path / "site-packages" / "csr_templates" / "cli" / "main.py"
    monkeypatch.setattr(cli, "__file__", str(installed))
    monkeypatch.chdir(tmp_path)

    assert cli.main(["build", "--no-lint", "--quiet"]) == 0
    assert {"logs.yaml", "site.yaml", "stacks.json"} <= set(paths(Path("out")))

    (tmp_path / "out" / "site.yaml").unlink()
    assert cli.main(["build", "--no-lint", "--check"]) == 1
    assert capsys.readouterr().out == (
        "out/site.yaml is missing.\nStale in out: site.yaml.\nRefresh with: csr-templates build\n"
    )


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout of its own: build.py and a link-free copy of what it needs."""
    root = tmp_path / "checkout"
    (root / "src").mkdir(parents=True)
    (root / "build.py").write_bytes((ROOT / "build.py").read_bytes())
    for source in [*(ROOT / "src" / "csr_templates").rglob("*"), *(ROOT / "parameters").iterdir()]:
        if source.is_file() and "__pycache__" not in source.parts:
            copy = root / source.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(source.read_bytes())
    return root


def test_build_py_works_from_any_folder(checkout: Path, tmp_path: Path) -> None:
    """``python build.py`` writes out/ beside itself, wherever it is called from and whatever is installed."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()

    done = run(str(checkout / "build.py"), "--no-lint", cwd=elsewhere)

    assert (done.returncode, done.stderr) == (0, "")
    assert {path.name for path in (checkout / "out").iterdir()} == {
        *(stack.template for stack in STACKS),
        "deploy-policies",
        "deployments",
        "parameters",
        "stack-policies",
        "reference.md",
        "stacks.json",
    }
    assert list(elsewhere.iterdir()) == []

    (checkout / "out" / "main.yaml").unlink()
    check = run("build.py", "--no-lint", "--check", cwd=checkout)

    assert check.stdout == f"{Path('out/main.yaml').as_posix()} is missing.\n" + (
        "Stale in out: main.yaml.\nRefresh with: make templates\n"
    )

    check = run(str(checkout / "build.py"), "--no-lint", "--check", cwd=elsewhere)

    assert check.stdout.endswith(f"\nRefresh with: make -C {checkout} templates\n")


def test_module_renders_lf_and_loads_no_linter(tmp_path: Path) -> None:
    """``python -m csr_templates render`` prints the real stack's bytes without paying for cfn-lint."""
    program = (
        "import sys; from csr_templates.cli.main import main; code = main(['render', 'network']); "
        "print(sorted({'cfnlint', 'boto3'} & set(sys.modules)), file=sys.stderr); sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, check=True)
    module = subprocess.run(
        [sys.executable, "-m", "csr_templates", "render", "network"],
        cwd=tmp_path,
        capture_output=True,
        check=True,
    )

    assert done.stdout == module.stdout == output.render(STACKS[0]).encode("ascii")
    assert done.stderr.split() == [b"[]"]


@pytest.mark.skipif(sys.platform == "win32", reason="pipes and devices as Unix has them")
def test_closed_pipe_is_no_traceback(tmp_path: Path) -> None:
    """A reader that has seen enough, like head, ends the command without a word."""
    reader, writer = os.pipe()
    os.close(reader)

    done = subprocess.run(
        [sys.executable, "-m", "csr_templates", "render", "network"],
        cwd=tmp_path,
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
    )
    os.close(writer)

    assert (done.returncode, done.stderr) == (141, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs the device that is always full")
def test_full_standard_output_is_a_sentence(tmp_path: Path) -> None:
    """Output that cannot be written is reported once, on standard error."""
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "csr_templates", "render", "network"],
            cwd=tmp_path,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )

    assert done.returncode == 2
    assert done.stderr == "csr-templates: Cannot write to standard output: No space left on device.\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs the device that is always full")
def test_standard_error_that_is_full_changes_no_exit_code(tmp_path: Path) -> None:
    """Bad input stays bad input where nobody can be told."""
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "csr_templates", "lint", "nowhere.yaml"], cwd=tmp_path, stderr=full
        )

    assert done.returncode == 2


def test_closed_standard_error_leaves_standard_output_alone(
    out: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a standard error, sentences do not land among the JSON."""
    out.write_bytes(b"mine")
    monkeypatch.setattr(sys, "stderr", None)

    assert build(out, "--format", "json") == 2

    assert json.loads(capsys.readouterr().out)["status"] == "error"
