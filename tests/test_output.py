"""``output``: from stacks to files in memory."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from troposphere import Ref, s3

from csr_templates import RenderError, Stack, StackTemplate, output
from csr_templates.rendering import load

if TYPE_CHECKING:
    from collections.abc import Callable


def bucket_template() -> StackTemplate:
    """Return a template without mistakes."""
    t = StackTemplate("One bucket")
    t.section("Storage")
    t.add_resource(s3.Bucket("SiteBucket", DeletionPolicy="Retain", UpdateReplacePolicy="Retain"))
    return t


def broken_template() -> StackTemplate:
    """Return a template that the linter objects to."""
    t = StackTemplate("A bucket whose name refers to nothing")
    t.add_resource(s3.Bucket("LostBucket", BucketName=Ref("Nowhere")))
    return t


def unrenderable_template() -> StackTemplate:
    """Return a template that the renderer refuses."""
    t = bucket_template()
    t.set_metadata({"Empty": None})
    return t


def stack(
    build: Callable[[], StackTemplate] = bucket_template,
    *,
    name: str = "site",
    template: str = "site.yaml",
    region: str = "us-east-1",
) -> Stack:
    """Return a small stack."""
    return Stack(name, template, region, build)


def test_assembles_every_template_and_the_manifest_last() -> None:
    """The set holds one file per stack, in deploy order, and ends with stacks.json."""
    assembly = output.assemble([stack(), stack(name="logs", template="logs.yaml")], lint=False)

    assert list(assembly.files) == ["site.yaml", "logs.yaml", "stacks.json"]
    assert [(report.name, report.template, report.resources) for report in assembly.stacks] == [
        ("site", "site.yaml", 1),
        ("logs", "logs.yaml", 1),
    ]
    assert [report.bytes for report in assembly.stacks] == [
        len(assembly.files[p]) for p in ("site.yaml", "logs.yaml")
    ]


def test_template_text_is_the_rendered_stack() -> None:
    """A file holds what the stack builds, below a header that names the module to edit and the command."""
    text = output.assemble([stack()], lint=False).files["site.yaml"].decode("ascii")

    assert load(text) == bucket_template().to_dict()
    assert text == output.render(stack())
    assert text.split("\n")[:2] == [
        "# Generated from tests/test_output.py; edit that file, not this one.",
        "# Refresh with: make templates",
    ]


def test_sections_become_comments() -> None:
    """The section that a resource was added under stands in the text."""
    assert "Storage" in output.render(stack())


def test_manifest_describes_the_set() -> None:
    """stacks.json lists the stacks in deploy order, and size and SHA-256 of every other file."""
    files = output.assemble([stack()], lint=False).files

    assert json.loads(files["stacks.json"]) == {
        "formatVersion": 1,
        "stacks": [{"name": "site", "template": "site.yaml", "region": "us-east-1", "resources": 1}],
        "files": {
            "site.yaml": {
                "sha256": hashlib.sha256(files["site.yaml"]).hexdigest(),
                "bytes": len(files["site.yaml"]),
            }
        },
    }


def test_manifest_is_written_the_same_everywhere() -> None:
    """The manifest is ASCII with LF, two-space indents, keys in a chosen order and one final line feed."""
    manifest = output.assemble([stack()], lint=False).files["stacks.json"]

    assert manifest.startswith(b'{\n  "formatVersion": 1,\n  "stacks": [\n')
    assert manifest.endswith(b"}\n")
    assert not manifest.endswith(b"\n\n")
    assert b"\r" not in manifest


def test_same_stacks_give_same_bytes() -> None:
    """Assembling twice gives equal files: no clock, no randomness."""
    first = output.assemble([stack()], lint=False).files

    assert output.assemble([stack()], lint=False).files == first


def test_fails_on_two_stacks_with_one_file() -> None:
    """Two stacks cannot share a template file: one would overwrite the other."""
    with pytest.raises(ValueError) as caught:
        output.assemble([stack(), stack(name="logs")], lint=False)

    assert str(caught.value) == "Stack logs: the file name site.yaml is taken already."


def test_fails_on_a_template_named_like_the_manifest() -> None:
    """No template may be called stacks.json."""
    with pytest.raises(ValueError) as caught:
        output.assemble([stack(template="stacks.json")], lint=False)

    assert str(caught.value) == "Stack site: the file name stacks.json is taken already."


def test_render_error_names_the_stack() -> None:
    """What the renderer refuses is reported with its stack."""
    with pytest.raises(RenderError) as caught:
        output.assemble(
            [stack(), stack(unrenderable_template, name="logs", template="logs.yaml")], lint=False
        )

    assert str(caught.value).startswith("Stack logs: Metadata.Empty")


def test_lints_each_stack_in_its_region() -> None:
    """Findings of all stacks are collected, each with its stack, its file and its line of Python."""
    assembly = output.assemble([stack(), stack(broken_template, name="lost", template="lost.yaml")])

    assert [(f.stack, f.file, f.rule, f.logical_id) for f in assembly.findings if f.severity == "error"] == [
        ("lost", "lost.yaml", "E1020", "LostBucket")
    ]
    assert {f.stack for f in assembly.findings} == {"lost"}
    assert all(f.source.startswith("test_output.py:") for f in assembly.findings)


def test_lint_can_be_left_out() -> None:
    """Without lint a template with mistakes has no findings."""
    assert output.assemble([stack(broken_template)], lint=False).findings == ()


def test_assembling_without_lint_does_not_load_cfn_lint() -> None:
    """Only linting pays for cfn-lint."""
    program = (
        "import sys; from csr_templates import output; output.assemble(lint=False); "
        "print(sorted({name.partition('.')[0] for name in sys.modules} & {'cfnlint', 'boto3'}))"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"
