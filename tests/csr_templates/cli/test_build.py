"""``csr-templates build``: its output in text and in JSON, and its output folder."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from troposphere import ImportValue, Ref, Template, ec2, s3, sqs

from csr_templates import Stack, StackTemplate
from csr_templates.cli import folders
from csr_templates.cli import main as cli
from csr_templates.hand_over import operator_policies
from csr_templates.stacks.parts import names
from csr_templates.stacks.parts import parameters as part
from tests.folders import on_disk

from .conftest import bucket_template, document


def broken_template() -> StackTemplate:
    """Return a template with findings."""
    t = StackTemplate("One bucket")
    t.add_parameter(part.project_name())
    t.add_parameter(part.environment())
    t.add_resource(s3.Bucket("SiteBucket", AccessControl=Ref("Nowhere"), Tags=names.tags()))
    return t


def legacy_template() -> StackTemplate:
    """Return a template with one finding, which is not an error."""
    t = bucket_template()
    t.resources["SiteBucket"].AccessControl = "Private"
    return t


def unrenderable_template() -> StackTemplate:
    """Return a template that cannot be rendered."""
    t = bucket_template()
    t.set_metadata({"Empty": None})
    return t


def mistyped_template() -> StackTemplate:
    """Raise an error that Python detects."""
    t = bucket_template()
    t.resources["SiteBucket"].BucketNam = "x"
    return t


def importing_template() -> StackTemplate:
    """Return a template with an import that no stack exports."""
    t = StackTemplate("One bucket")
    t.add_parameter(part.project_name())
    t.add_parameter(part.environment())
    name = ImportValue("nowhere")
    t.add_resource(s3.Bucket("ImportingBucket", BucketName=name))
    return t


def informational_template() -> StackTemplate:
    """Return a template with only an informational finding of cfn-lint."""
    t = StackTemplate("One queue")
    t.add_parameter(part.project_name())
    t.add_parameter(part.environment())
    t.add_resource(sqs.Queue("LooseQueue", Tags=names.tags()))
    return t


def line_of(text: str) -> int:
    """Return the first line of this file with a text."""
    return next(n for n, line in enumerate(Path(__file__).read_text("utf-8").splitlines(), 1) if text in line)


def build(out: Path, *options: str) -> int:
    """Run ``csr-templates build`` into ``out``, without lint."""
    return cli.main(["build", "--no-lint", "--out", str(out), *options])


def use(monkeypatch: pytest.MonkeyPatch, template: Any, **options: Any) -> None:
    """Let the command use only one stack."""
    monkeypatch.setattr(cli, "STACKS", (Stack("site", "site.yaml", "us-east-1", template, **options),))


USAGE_SCHEMA = "schemas/usage.schema.json"  # which names the stacks; the other ones here do not
SCHEMAS = [
    "schemas/environment.schema.json",
    "schemas/shared.schema.json",
    USAGE_SCHEMA,
    "schemas/acceptance.schema.json",
    "schemas/review.schema.json",
    "schemas/cost.schema.json",
    "schemas/stacks.schema.json",
    "schemas/facts.schema.json",
    "schemas/report.schema.json",
]
WHOLE_SET = [
    "site.yaml",
    "logs.yaml",
    "stack-policies/site.json",
    "stack-policies/logs.json",
    *(operator_policies.path(policy) for policy in operator_policies.CALLS),
    "bootstrap/site.yaml",
    "bootstrap/logs.yaml",
    *SCHEMAS,
    "reference.md",
    "stacks.json",
]


def test_one_line_per_stack(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A successful build prints each stack with its size, and the number of written files."""
    assert build(out) == 0

    size = (out / "site.yaml").stat().st_size
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [" ".join(words[:-2] if words[-1] == "s" else words) for words in lines] == [  # without seconds
        f"site site.yaml 1 resources {size:,} bytes",
        f"logs logs.yaml 1 resources {size:,} bytes",
        f"all 2 resources {2 * size:,} bytes",
        f"{out}: {len(WHOLE_SET)} written, 0 removed, 0 unchanged.",
    ]
    assert sorted(on_disk(out)) == sorted(WHOLE_SET)


def test_a_changed_build_says_what_a_deploy_will_do(
    out: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The build prints the changes in one line, and the risks. A first or unchanged build prints neither."""
    assert build(out, "--review") == 0
    assert build(out, "--review") == 0
    assert "Review" not in capsys.readouterr().out

    def renamed() -> StackTemplate:
        t = StackTemplate("One bucket")
        t.add_parameter(part.project_name())
        t.add_parameter(part.environment())
        t.add_resource(s3.Bucket("SiteBucket", BucketName="site", Tags=names.tags()))
        return t

    use(monkeypatch, renamed)
    assert build(out, "--review") == 0
    lines = capsys.readouterr().out.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("Review of this build: "))
    assert lines[start] == (
        "Review of this build: site 1 replaced. Risks: 2 will-fail, 2 guard, 1 replace, 1 orphan. "
        "Run make review to review the whole branch."
    )
    assert any(line.startswith("  orphan  logs: ") for line in lines[start:])
    (out / "stacks.json").write_text("{}", "utf-8")
    use(monkeypatch, bucket_template)
    assert build(out, "--review") in (0, 2)
    assert "Review" not in capsys.readouterr().out


def test_review_of_the_fixed_cost(
    out: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The build also prints how the fixed cost changes: an address costs 730 x 0.005."""

    def with_address() -> StackTemplate:
        t = bucket_template()
        t.add_resource(ec2.EIP("Address", Tags=names.tags()))
        return t

    use(monkeypatch, bucket_template)
    assert build(out) == 0
    use(monkeypatch, with_address)
    assert build(out, "--review") == 0

    note = "  Fixed cost: +3.65 a month (0.00 -> 3.65 USD): site: Public IPv4 address 0 -> 730."
    assert note in capsys.readouterr().out.splitlines()


def test_reports_removed_and_unknown_files(
    out: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Removed and unknown files are listed below the stacks, one line each."""
    build(out)
    (out / "notes.txt").write_bytes(b"mine")
    use(monkeypatch, bucket_template)
    capsys.readouterr()

    assert build(out) == 0

    assert capsys.readouterr().out.splitlines()[1:] == [
        f"{out}: 4 written, 3 removed, {len(WHOLE_SET) - 7} unchanged.",
        f"Removed: {', '.join(['logs.yaml', 'stack-policies/logs.json', 'bootstrap/logs.yaml'])}.",
        "Not touched: notes.txt (not written by csr-templates).",
    ]


@pytest.mark.parametrize("options", [[], ["--check"], ["--format", "json"]], ids=" ".join)
def test_quiet_prints_nothing_on_success(
    out: Path, options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """With --quiet a successful command prints nothing."""
    build(out, "--quiet")

    assert build(out, "--quiet", *options) == 0
    assert capsys.readouterr() == ("", "")


def test_findings_stop_the_build(
    out: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """If there are findings, nothing is written, and they are printed even with --quiet."""
    use(monkeypatch, broken_template)

    assert cli.main(["build", "--quiet", "--out", str(out)]) == 1
    printed, complained = capsys.readouterr()
    assert "E1020" in printed
    assert printed.endswith("nothing was written.\n")
    assert complained == ""

    assert cli.main(["build", "--format", "json", "--out", str(out)]) == 1
    report = document(capsys)
    assert report["status"] == "findings"
    finding = next(finding for finding in report["findings"] if finding["rule"] == "E1020")
    assert finding["source"].startswith("test_build.py:")
    assert (finding["stack"], finding["logical_id"], finding["severity"], finding["file"]) == (
        *("site", "SiteBucket", "error"),
        "site.yaml",
    )
    assert not out.exists()


def test_stacks_that_do_not_fit_together_stop_the_build(
    out: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A problem between stacks is printed and nothing is written, also without lint."""

    def importing() -> StackTemplate:
        t = bucket_template()
        t.resources["SiteBucket"].BucketName = ImportValue("nowhere")
        return t

    use(monkeypatch, importing)
    problem = (
        "Stack site: Resources.SiteBucket.Properties.BucketName: It imports nowhere, which no earlier stack "
        "of us-east-1 exports. Specify an existing output, or add it to its stack."
    )

    assert build(out, "--no-lint") == 1
    printed = capsys.readouterr().out
    assert f"{problem}\n" in printed
    assert printed.endswith("1 finding; nothing was written.\n")

    assert build(out, "--no-lint", "--format", "json") == 1
    report = document(capsys)
    assert (report["status"], report["problems"]) == ("findings", [problem])
    assert not out.exists()


def test_check_is_content_with_fresh_files(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder with the files of the build passes."""
    build(out, "--quiet")

    assert build(out, "--check") == 0
    assert capsys.readouterr().out.splitlines()[-1] == f"{out} is up to date: {len(WHOLE_SET)} files."


def test_check_shows_what_is_stale_and_the_command(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A diff of each changed file is printed, then the file names and the command that updates them."""
    build(out, "--quiet")
    (out / "site.yaml").unlink()
    (out / "logs.yaml").write_bytes((out / "logs.yaml").read_bytes() + b"# edited\n")
    before = on_disk(out)

    assert build(out, "--check") == 1

    lines = capsys.readouterr().out.splitlines()
    name = (out / "logs.yaml").as_posix()
    assert lines[:3] == [
        f"{(out / 'site.yaml').as_posix()} is missing.",
        f"--- {name}",
        f"+++ {name} (as it would be built)",
    ]
    assert lines[-3:-1] == ["-# edited", f"Stale in {out}: site.yaml, logs.yaml."]
    assert lines[-1].startswith("Refresh with: ")
    assert lines[-1].endswith(f"--out {out}")
    assert on_disk(out) == before


def test_check_makes_no_folder(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Checking a missing folder reports all files as missing and does not create it."""
    assert build(out, "--check") == 1

    assert f"Stale in {out}: {', '.join(WHOLE_SET)}." in capsys.readouterr().out
    assert not out.exists()


def test_check_lints_too(
    out: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A check also lints, and shows changed files in addition to findings."""
    use(monkeypatch, broken_template)
    build(out, "--quiet")

    for stale in (False, True):
        assert cli.main(["build", "--check", "--out", str(out)]) == 1
        text = capsys.readouterr().out
        assert "E1020" in text
        assert (f"Stale in {out}: site.yaml." in text) == stale
        (out / "site.yaml").unlink(missing_ok=True)


def test_json_of_a_build(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Standard output contains one document: the status, the stacks, what was done, the findings."""
    assert build(out, "--format", "json") == 0

    report = document(capsys)
    assert all(stack.pop("seconds") >= 0 for stack in report["stacks"])
    size = (out / "site.yaml").stat().st_size
    assert report == {
        "status": "ok",
        "message": "",
        "mistakes": [],
        "stacks": [
            {"name": name, "template": f"{name}.yaml", "region": "us-east-1", "resources": 1, "bytes": size}
            for name in ("site", "logs")
        ],
        "files": {"written": WHOLE_SET, "removed": [], "unchanged": [], "stale": [], "unknown": []},
        "pages": {"written": [], "stale": [], "unchanged": [], "untranslated": [], "mistakes": []},
        "problems": [],
        "findings": [],
    }


def test_json_of_a_check(
    out: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A check lists changed and superfluous files, and does not write or remove any."""
    build(out, "--quiet")
    (out / "notes.txt").write_bytes(b"mine")
    use(monkeypatch, bucket_template)

    assert build(out, "--check", "--format", "json") == 1

    report = document(capsys)
    assert report["status"] == "stale"
    assert report["files"] == {
        "written": [],
        "removed": [],
        "unchanged": [
            "site.yaml",
            "stack-policies/site.json",
            *(operator_policies.path(policy) for policy in operator_policies.CALLS),
            *(schema for schema in SCHEMAS if schema != USAGE_SCHEMA),
        ],
        "stale": [
            "bootstrap/site.yaml",  # whose pipeline role describes the other stacks
            USAGE_SCHEMA,
            "reference.md",
            "stacks.json",
            "logs.yaml",
            "stack-policies/logs.json",
            "bootstrap/logs.yaml",
        ],
        "unknown": ["notes.txt"],
    }


# ---- Pages ----


@pytest.fixture
def docs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one page that has every table, and the parameter files of one environment."""
    use(monkeypatch, bucket_template)
    parameters = tmp_path / "parameters"
    parameters.mkdir()
    (parameters / "shared.json").write_text("{}")
    (parameters / "prod.json").write_text('{"Environment": "prod"}')
    monkeypatch.setattr(folders, "default_parameters", lambda **_: parameters)
    folder = tmp_path / "docs"
    folder.mkdir()
    names = (
        "stacks",
        "web-acl",
        "settings",
    )
    text = "\n".join(f"<!-- generated: {name} -->\n<!-- /generated -->" for name in names)
    (folder / "page.md").write_text(text)
    return folder


def test_pages_are_written(out: Path, docs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With --pages, a build also writes the tables of the pages. Without it, no page changes."""
    before = on_disk(docs)
    assert build(out, "--quiet") == 0
    assert on_disk(docs) == before

    assert build(out, "--pages", str(docs)) == 0
    assert capsys.readouterr().out.splitlines()[-1] == f"{docs}: 1 page written."
    assert b"\n| `csr-lambda-api-prod-site` |" in on_disk(docs)["page.md"]

    assert build(out, "--pages", str(docs)) == 0
    assert capsys.readouterr().out.splitlines()[-1] == f"{docs}: 1 page unchanged."


def test_pages_in_a_folder_that_does_not_exist(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The mistake is reported before the build, also as JSON."""
    message = "/nope is not a folder. Specify the folder of the pages: --pages docs"
    assert build(out, "--pages", "/nope") == 2
    assert capsys.readouterr().err == f"csr-templates: {message}\n"

    assert build(out, "--pages", "/nope", "--format", "json") == 2
    assert json.loads(capsys.readouterr().out)["message"] == message


def test_stale_pages(out: Path, docs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A check shows changed pages as a diff, with the command, and does not write."""
    build(out, "--quiet")
    before = on_disk(docs)

    assert build(out, "--check", "--pages", str(docs)) == 1

    page = (docs / "page.md").as_posix()
    printed = capsys.readouterr().out
    assert printed.startswith(f"--- {page}\n+++ {page} (as it would be built)\n")
    assert "\n+| `csr-lambda-api-prod-site` |" in printed
    first, second = printed.splitlines()[-2:]
    assert first == f"Stale in {docs}: page.md."
    assert f" --pages {docs}" in second
    assert on_disk(docs) == before
    assert build(out, "--check", "--pages", str(docs), "--format", "json") == 1
    report = document(capsys)
    assert report["status"] == "stale"
    assert report["pages"] == {
        "written": [],
        "stale": ["page.md"],
        "unchanged": [],
        "untranslated": [],
        "mistakes": [],
    }
    build(out, "--quiet", "--pages", str(docs))
    assert build(out, "--check", "--quiet", "--pages", str(docs)) == 0


def test_a_missing_word_fails_the_check_only(
    out: Path, docs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A missing translation is only reported by a build, but a check fails, even with --quiet."""
    (docs / "words.xx.json").write_text("{}")
    (docs / "page.xx.md").write_bytes((docs / "page.md").read_bytes())

    assert build(out, "--pages", str(docs)) == 0
    sentence = f'{(docs / "words.xx.json").as_posix()}: "stack" is missing, so the pages show the English'
    assert f"\n{sentence} text. Add the translation.\n" in capsys.readouterr().out
    assert build(out, "--check", "--quiet", "--pages", str(docs)) == 1
    assert sentence in capsys.readouterr().out


@pytest.mark.parametrize("wrong", [["lint"], ["marker"], ["lint", "marker"]], ids=" ".join)
def test_nothing_is_written_before_all_is_clean(
    out: Path,
    docs: Path,
    wrong: list[str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """If there are findings in the templates or in the pages, all are reported, and nothing is written."""
    options = ["--out", str(out), "--pages", str(docs)]
    if "lint" in wrong:
        use(monkeypatch, legacy_template)
    else:
        options.append("--no-lint")
    if "marker" in wrong:
        (docs / "page.md").write_text("<!-- generated: alarms -->")
    before = on_disk(docs)

    code = cli.main(["build", *options])

    assert code == 1
    assert not out.exists()
    assert on_disk(docs) == before
    shown = capsys.readouterr().out
    assert ("is a legacy property" in shown) == ("lint" in wrong)
    assert (f"{(docs / 'page.md').as_posix()}, line 1: <!-- generated" in shown) == ("marker" in wrong)
    assert re.search(r"findings?; nothing was written\.\n$", shown)


# ---- Errors ----


@pytest.mark.parametrize("options", [[], ["--check"], ["--format", "json"]], ids=" ".join)
def test_folder_of_another_project(out: Path, options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """A folder of another program is rejected with a message, also in JSON, and not changed."""
    out.mkdir()
    (out / "thesis.txt").write_bytes(b"mine")

    assert build(out, *options) == 2

    sentence = (
        f"{out} contains files but no stacks.json, so it is not an output folder. Specify a new or empty "
        "folder with --out, or empty this one, then build again."
    )
    printed, complained = capsys.readouterr()
    assert complained == f"csr-templates: {sentence}\n"
    if "json" in options:
        report = json.loads(printed)
        assert (report["status"], report["message"]) == ("error", sentence)
    else:
        assert printed == ""
    assert on_disk(out) == {"thesis.txt": b"mine"}


def test_template_that_cannot_be_rendered(
    out: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message about a template that cannot be rendered contains the stack and the position."""
    use(monkeypatch, unrenderable_template)

    assert build(out) == 2

    printed, complained = capsys.readouterr()
    assert printed == ""
    assert complained.startswith("csr-templates: Stack site: Metadata.Empty")
    assert complained.count("\n") == 1
    assert not out.exists()


@pytest.mark.parametrize(
    "not_a_template", [Template(), {"Resources": {}}, None], ids=["Template", "dict", "None"]
)
@pytest.mark.parametrize("command", ["build", "check", "render", "environments"])
def test_fails_on_a_stack_without_a_stack_template(
    command: str,
    not_a_template: Any,
    tmp_path: Path,
    out: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """If ``build`` returns something else, the message contains the stack and the required type."""
    use(monkeypatch, lambda: not_a_template)
    arguments = {
        "build": ["build", "--no-lint", "--out", str(out)],
        "check": ["build", "--check", "--no-lint", "--out", str(out)],
        "render": ["render", "site"],
        "environments": ["environments", "--parameters", str(tmp_path)],
    }

    assert cli.main(arguments[command]) == 2

    printed, complained = capsys.readouterr()
    assert printed == ""
    assert complained.startswith(f"csr-templates: Stack site: build() in {__file__} returned ")
    assert complained.endswith("Create the template with StackTemplate from csr_templates, and return it.\n")
    assert complained.count("\n") == 1
    assert not out.exists()


def test_mistake_in_the_code_of_a_stack_is_a_sentence(
    out: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message about a wrong property contains file and line, also in JSON. Nothing is written."""
    use(monkeypatch, mistyped_template)

    assert build(out, "--format", "json") == 2

    printed, complained = capsys.readouterr()
    sentence = (
        f"{folders.short_path(Path(__file__))}:{line_of('.BucketNam = ')}: SiteBucket (AWS::S3::Bucket) does "
        "not have the property BucketNam. Did you mean 'BucketName'?"
    )
    assert complained == f"csr-templates: {sentence}\n"
    assert (json.loads(printed)["status"], json.loads(printed)["message"]) == ("error", sentence)
    assert not out.exists()


def test_problem_leads_to_the_line_that_causes_it(
    out: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A message about a resource starts with the line of Python that creates it."""
    use(monkeypatch, importing_template)

    assert build(out) == 1

    assert capsys.readouterr().out.splitlines() == [
        f"{folders.short_path(Path(__file__))}:{line_of('ImportingBucket')}: Stack site: "
        "Resources.ImportingBucket.Properties.BucketName: It imports nowhere, which no earlier stack of "
        "us-east-1 exports. Specify an existing output, or add it to its stack.",
        "1 finding; nothing was written.",
    ]


def test_informational_findings_say_why_they_block(
    out: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An informational finding of cfn-lint stops a build, and a sentence below it explains why."""
    use(monkeypatch, informational_template)

    assert cli.main(["build", "--no-cache", "--out", str(out)]) == 1

    *findings, why, end = capsys.readouterr().out.splitlines()
    place = f"{Path(__file__).name}:{line_of('LooseQueue')}: informational I3011 site Resources/LooseQueue"
    assert findings[0].startswith(place)
    assert len(findings) == 6  # two lines for each: both policies, and the retention of messages
    assert why == (
        "Informational findings stop the build too: the templates have none, so every new one needs a "
        "decision. Correct the property, or ignore the rule for the resource with a reason "
        "(docs/rules.md, W9500)."
    )
    assert end == "3 findings; nothing was written."
    assert not out.exists()


def failing_template() -> StackTemplate:
    """Raise an error that the author of a stack does not usually cause."""
    raise RecursionError("too deep")


def test_other_exception_is_shown_in_full(
    out: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other exceptions have a traceback and the exit code 2. With --format json, the output is still JSON."""
    use(monkeypatch, failing_template)

    assert build(out, "--format", "json") == 2

    printed, complained = capsys.readouterr()
    assert complained.startswith("Traceback (most recent call last):\n")
    assert complained.endswith("RecursionError: too deep\n")
    assert json.loads(printed)["status"] == "error"
    assert json.loads(printed)["message"] == "RecursionError: too deep"
    assert not out.exists()


# ---- Where it writes ----


def test_installed_package_writes_to_the_current_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a checkout, the command builds into ./out, and is also the command that updates the files."""
    installed = tmp_path / "site-packages" / "csr_templates" / "cli" / "folders.py"
    monkeypatch.setattr(folders, "__file__", str(installed))
    monkeypatch.chdir(tmp_path)

    assert cli.main(["build", "--no-lint", "--quiet"]) == 0
    assert sorted(on_disk(tmp_path / "out")) == sorted(WHOLE_SET)

    (tmp_path / "out" / "site.yaml").unlink()
    assert cli.main(["build", "--no-lint", "--check"]) == 1
    assert capsys.readouterr().out == (
        "out/site.yaml is missing.\nStale in out: site.yaml.\nRefresh with: csr-templates build\n"
    )
