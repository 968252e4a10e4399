"""``stacks.json``: its content, its schema and page, and reading it."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from cfnlint.jsonschema import StandardValidator

from cfn_analysis.model.built_stack import BuiltStack, Policies
from cfn_analysis.model.rendering import load
from csr_templates.assembly.files import Assembly
from csr_templates.hand_over import manifest
from csr_templates.hand_over.manifest import ManifestError
from csr_templates.naming import PREFIX, VERSION

ROOT = Path(__file__).resolve().parents[3]
SCHEMA = manifest.manifest_schema()
HASH = "0" * 64


@pytest.fixture
def ours(assembly: Assembly) -> Any:
    """Our manifest, which a test can change."""
    return json.loads(assembly.files["stacks.json"])


def test_describes_the_set() -> None:
    """All keys of a stack come from the stack. All other files have their size and SHA-256."""
    api = BuiltStack(
        "api",
        "api.yaml",
        "us-east-1",
        {"Resources": {"Queue": {}, "Topic": {}, "Other": {}}},
        {"Queue": "Letters", "Other": "Letters"},
        per_deploy=("Key",),
        reads_from=("network",),
        source="csr_templates/stacks/api.py",
        name_pattern=f"{PREFIX}api",
    )

    empty = ["deployments/dev/api.yaml", "recovery/api.yaml", "recovery/dev/api.json"]
    content = {"api.yaml": b"Resources: {}\n", **dict.fromkeys(empty, b"")}
    assert manifest.document([api], ["dev"], content, {"api": {"dev": ["shop-dev-failing"]}}) == {
        "formatVersion": 1,
        "csrTemplatesVersion": VERSION,
        "stacks": [
            {
                "name": "api",
                "namePattern": "${ProjectName}-${Environment}-api",
                "template": "api.yaml",
                "source": "csr_templates/stacks/api.py",
                "region": "us-east-1",
                "capabilities": ["CAPABILITY_NAMED_IAM"],
                "terminationProtection": True,
                "readsFrom": ["network"],
                "perDeploy": ["Key"],
                "rollbackTriggers": {"dev": ["shop-dev-failing"]},
                "parameterFiles": {"dev": "parameters/dev/api.json"},
                "deploymentFiles": {"dev": "deployments/dev/api.yaml"},
                "stackPolicy": "stack-policies/api.json",
                "bootstrap": "bootstrap/api.yaml",
                "recovery": [
                    {"template": "recovery/api.yaml", "importFiles": {"dev": "recovery/dev/api.json"}}
                ],
                "sections": {"Letters": ["Queue", "Other"], "Resources": ["Topic"]},
            }
        ],
        "files": {
            "api.yaml": {"sha256": hashlib.sha256(b"Resources: {}\n").hexdigest()},
            **{path: {"sha256": hashlib.sha256(b"").hexdigest()} for path in empty},
        },
    }


def test_states_the_accounts_that_are_known() -> None:
    """The key follows the versions. It is missing if no parameter file states an account."""
    accounts = {"prod": "123456789012"}

    with_accounts = manifest.document([], ["dev", "prod"], {}, {}, accounts)

    assert list(with_accounts)[:3] == ["formatVersion", "csrTemplatesVersion", "accounts"]
    assert manifest.stated_accounts(with_accounts) == with_accounts["accounts"] == accounts
    without = manifest.document([], ["dev", "prod"], {}, {}, {})
    assert "accounts" not in without
    assert manifest.stated_accounts(without) == {}


@pytest.mark.parametrize("accounts", [[], {"prod": 123456789012}, {"prod": "12345678901"}, "123456789012"])
def test_accounts_in_another_form_are_refused(ours: Any, accounts: Any) -> None:
    """They are not compared with an account; the schema refuses them too."""
    with pytest.raises(ManifestError, match="does not map environments to account IDs"):
        manifest.stated_accounts({"accounts": accounts})
    assert schema_errors({**ours, "accounts": accounts})
    assert not schema_errors({**ours, "accounts": {"prod": "123456789012"}})


def test_lists_every_other_file(assembly: Assembly, ours: Any) -> None:
    """Files are in the order of the set. The manifest is last, and does not list itself."""
    assert [*ours["files"], "stacks.json"] == list(assembly.files)
    assert list(assembly.files)[-2:] == ["reference.md", "stacks.json"]


def test_a_stack_can_be_read_back(assembly: Assembly, ours: Any) -> None:
    """The manifest and its files contain all facts about a built stack."""

    def read(path: str) -> Any:
        return json.loads(assembly.files[path])

    def policies(entry: Any) -> Policies:
        documents: dict[str, list[Any]] = {}  # by the logical IDs without their numbers
        for name, resource in load(assembly.files[entry["bootstrap"]].decode())["Resources"].items():
            if resource["Type"] == "AWS::IAM::ManagedPolicy":
                document = resource["Properties"]["PolicyDocument"]
                documents.setdefault(name.rstrip("0123456789"), []).append(document)
        return Policies(
            read(entry["stackPolicy"]),
            documents["PipelinePolicy"],
            documents["ServicePolicy"],
            documents["PipelineDeletePolicy"],
            documents["ServiceDeletePolicy"],
        )

    def stack(entry: Any) -> BuiltStack:
        sections: dict[str, str] = {}
        for title, logical_ids in entry["sections"].items():
            sections.update(dict.fromkeys(logical_ids, title))
        return BuiltStack(
            name=entry["name"],
            name_pattern=entry["namePattern"],
            file=entry["template"],
            region=entry["region"],
            template=load(assembly.files[entry["template"]].decode()),
            sections=sections,
            per_deploy=tuple(entry["perDeploy"]),
            reads_from=tuple(entry["readsFrom"]),
            source=entry["source"],
            text=assembly.files[entry["template"]].decode(),
            policies=policies(entry),
        )

    for entry, built in zip(ours["stacks"], assembly.stacks, strict=True):
        # The built one also contains values that were read from it.
        assert vars(stack(entry)).items() <= vars(built).items()
        assert entry["source"] == f"csr_templates/stacks/{entry['name']}.py"


def test_is_written_the_same_everywhere(assembly: Assembly) -> None:
    """The manifest is ASCII with LF, an indent of two, keys in a fixed order and a final line feed."""
    written = assembly.files["stacks.json"]

    assert written.startswith(
        f'{{\n  "formatVersion": 1,\n  "csrTemplatesVersion": "{VERSION}",\n  "stacks": [\n'.encode()
    )
    assert written.endswith(b"}\n")
    assert written.isascii()
    assert b"\r" not in written


# ---- The schema and the page ----


def schema_errors(document: object) -> list[str]:
    """Return the positions at which a manifest does not match the schema of the package."""
    errors = StandardValidator(schema=SCHEMA).iter_errors(document)
    return [place_of(error) for error in errors]


def place_of(error: Any) -> str:
    """Return the keys that lead to an error, with slashes."""
    return "/".join(str(key) for key in error.path)


WRONG = {
    "name": 1,
    "namePattern": "network",
    "template": "../main.yaml",
    "source": "csr_templates/stacks/network",
    "region": "Tokyo",
    "capabilities": ["CAPABILITY_EVERYTHING"],
    "terminationProtection": "true",
    "readsFrom": ["network", "network"],
    "perDeploy": [""],
    "rollbackTriggers": {"dev": ["a", "b", "c", "d", "e", "f"]},
    "parameterFiles": {"dev": "/etc/passwd"},
    "deploymentFiles": {"dev": "/etc/passwd"},
    "stackPolicy": "../policy.json",
    "bootstrap": "../network.yaml",
    "recovery": [{"template": "recovery/network.yaml"}],
    "sections": {"VPC": []},
}


def test_our_manifest_fits_the_schema(ours: Any) -> None:
    """The schema matches the manifest of a build, and the table above contains all keys."""
    assert schema_errors(ours) == []
    assert all(set(stack) == set(WRONG) for stack in ours["stacks"])


@pytest.mark.parametrize("key", WRONG)
def test_schema_checks_every_key_of_a_stack(ours: Any, key: str) -> None:
    """A stack with a missing key or a wrong value is invalid."""
    stack = ours["stacks"][0]
    stack[key] = WRONG[key]
    assert {place.split("/")[2] for place in schema_errors(ours)} == {key}
    del stack[key]
    assert schema_errors(ours) == ["stacks/0"]


@pytest.mark.parametrize("key", ["formatVersion", "csrTemplatesVersion", "stacks", "files"])
def test_schema_requires_every_key(ours: Any, key: str) -> None:
    """A manifest with a missing key is invalid."""
    del ours[key]

    assert schema_errors(ours) == [""]


def test_schema_rejects_other_keys(ours: Any) -> None:
    """An undocumented key is rejected at every level."""
    for part in (ours, ours["stacks"][0], ours["files"]["main.yaml"]):
        part["colour"] = "blue"

    assert sorted(schema_errors(ours)) == ["colour", "files/main.yaml/colour", "stacks/0/colour"]


@pytest.mark.parametrize(
    ("path", "file"),
    [
        ("../main.yaml", {"sha256": HASH}),
        ("main.yaml", {"sha256": HASH[1:]}),
        ("main.yaml", {}),
    ],
)
def test_schema_checks_every_file(ours: Any, path: str, file: dict[str, Any]) -> None:
    """A path outside of the folder, an invalid hash and a missing hash are invalid."""
    ours["files"] = {path: file}

    assert [place.split("/")[0] for place in schema_errors(ours)] == ["files"]


def test_manifest_is_documented() -> None:
    """docs/manifest.md has a row for each key of the schema."""
    parts = [SCHEMA, SCHEMA["definitions"]["stack"], SCHEMA["definitions"]["file"]]
    text = (ROOT / "docs" / "manifest.md").read_text("utf-8")

    for part in parts:
        for key in part["properties"]:
            assert f"\n| `{key}` | " in text, key


# ---- Reading ----


def test_what_was_written_is_read(assembly: Assembly, ours: Any) -> None:
    """The complete document is returned, with the hash of each file."""
    document = manifest.read(assembly.files["stacks.json"], "out/stacks.json")

    assert document == ours
    assert {path: manifest.hashes(entry) for path, entry in document["files"].items()} == {
        path: {hashlib.sha256(data).hexdigest()}
        for path, data in assembly.files.items()
        if path != "stacks.json"
    }


def test_files_to_come_are_announced() -> None:
    """New files, and files with different content, are added once. Other entries do not change."""
    earlier = {"a": b"1", "b": b"b"}
    later = {"a": b"2", "b": b"b"}
    first = manifest.announce(None, earlier)
    assert first is not None
    second = manifest.announce(first, later)
    assert second is not None

    assert {path: manifest.hashes(entry) for path, entry in second["files"].items()} == {
        "a": {manifest.sha256(b"1"), manifest.sha256(b"2")},
        "b": {manifest.sha256(b"b")},
    }
    assert manifest.announce(second, earlier) is None
    assert manifest.announce(second, later) is None
    assert manifest.read(manifest.as_json(second), "") == second


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"[" * 100_000,
        b"[]",
        b'{"formatVersion": 2, "files": {}}',
        b'{"formatVersion": 1}',
        b'{"formatVersion": 1, "files": []}',
        b'{"formatVersion": 1, "files": {"a": []}}',
        b'{"formatVersion": 1, "files": {"a": {"bytes": 1}}}',
        b'{"formatVersion": 1, "files": {"a": {"sha256": 1}}}',
        b'{"formatVersion": 1, "files": {"a": {"sha256": "0", "announced": "1"}}}',
        b'{"formatVersion": 1, "files": {"a": {"sha256": "0", "announced": [1]}}}',
        *[
            json.dumps({"formatVersion": 1, "files": {path: {"sha256": HASH}}}).encode()
            for path in ("", "/etc/passwd", "../a", "a/../b", "a//b", ".a", "C:/a", "a\\b", "a\0")
        ],
    ],
)
def test_what_is_not_a_manifest_is_refused(data: bytes) -> None:
    """Files outside of the folder, or that a build cannot write, do not count as generated."""
    with pytest.raises(ManifestError) as caught:
        manifest.read(data, "out/stacks.json")

    assert str(caught.value) == (
        "out/stacks.json is not a manifest that this version of csr-templates can read. Specify another "
        "folder with --out, then build again."
    )


ONE, TWO, THREE, FOUR, FIVE = (manifest.sha256(bytes([number])) for number in range(5))
OURS = {"main.yaml": {"sha256": ONE}, "api.yaml": {"sha256": TWO}, "ours.yaml": {"sha256": THREE}}
THEIRS = {"main.yaml": {"sha256": FOUR}, "api.yaml": {"sha256": TWO}, "theirs.yaml": {"sha256": FIVE}}
BASE = {"base.yaml": {"sha256": FIVE}}


def in_conflict(ours: Any, theirs: Any) -> bytes:
    """Return a manifest with a merge conflict, in the style diff3."""

    def text(files: Any) -> bytes:
        return manifest.as_json({"formatVersion": 1, "files": files})

    return b"".join(
        [
            b"<<<<<<< HEAD\n",
            text(ours),
            b"||||||| base\n",
            text(BASE),
            b"=======\n",
            text(theirs),
            b">>>>>>> other\n",
        ]
    )


WITHIN_ENTRIES = f"""\
{{
  "formatVersion": 1,
  "stacks": [
<<<<<<< HEAD
    {{
=======
>>>>>>> other
  ],
  "files": {{
    "main.yaml": {{
<<<<<<< HEAD
      "sha256": "{ONE}"
    }},
    "api.yaml": {{
      "sha256": "{TWO}"
=======
      "sha256": "{FOUR}",
      "announced": [
        "{FIVE}"
      ]
>>>>>>> other
    }},
<<<<<<< HEAD
    "ours.yaml": {{
=======
    "theirs.yaml": {{
>>>>>>> other
      "sha256": "{THREE}"
    }}
  }}
}}
""".encode()


def test_conflict_lists_the_files_of_both_sides() -> None:
    """Files of both sides count as generated, with the hashes of both sides."""
    document = manifest.read_or_merge(in_conflict(OURS, THEIRS), "out/stacks.json")

    assert {path: manifest.hashes(entry) for path, entry in document["files"].items()} == {
        "main.yaml": {ONE, FOUR},
        "api.yaml": {TWO},
        "ours.yaml": {THREE},
        "theirs.yaml": {FIVE},
    }
    assert manifest.read(manifest.as_json(document), "") == document
    assert manifest.read_or_merge(manifest.as_json(document), "") == document


@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
def test_conflict_within_entries_is_read_by_lines(newline: bytes) -> None:
    """A hash belongs to the last path of its side, even if the sides are not valid JSON."""
    data = WITHIN_ENTRIES.replace(b"\n", newline)
    document = manifest.read_or_merge(data, "out/stacks.json")

    assert {path: manifest.hashes(entry) for path, entry in document["files"].items()} == {
        "main.yaml": {ONE, FOUR, FIVE},
        "api.yaml": {TWO},
        "ours.yaml": {THREE},
        "theirs.yaml": {THREE},
    }


@pytest.mark.parametrize(
    "data",
    [
        in_conflict(OURS, {"../a": {"sha256": HASH}}),
        in_conflict(OURS, THEIRS).replace(b'"formatVersion": 1', b'"formatVersion": 2', 1),
        in_conflict(OURS, THEIRS).replace(b"=======\n", b""),
    ],
    ids=["path outside", "another format", "no middle"],
)
def test_conflict_that_is_not_between_manifests_is_refused(data: bytes) -> None:
    """If one side is not a manifest, the conflict is an error.

    Other readers need a manifest without conflict.
    """
    with pytest.raises(ManifestError) as caught:
        manifest.read_or_merge(data, "out/stacks.json")
    with pytest.raises(ManifestError) as caught_by_readers:
        manifest.read(in_conflict(OURS, THEIRS), "out/stacks.json")

    assert str(caught.value) == (
        "out/stacks.json has a merge conflict in line 1, and one side is not a manifest. Use one side "
        "(git checkout --ours out/stacks.json, or --theirs), then build again."
    )
    assert str(caught_by_readers.value) == (
        "out/stacks.json has a merge conflict in line 1. Build again: a build writes the whole file."
    )


BOTH: dict[str, dict[str, str]] = {"ProjectName": {}, "Environment": {}}
FOREIGN = {
    "whole": (BuiltStack("shop", "a", "b", {"Parameters": BOTH, "Resources": {"A": {}, "B": {}}}), []),
    "sections": (
        BuiltStack("shop", "a", "b", {"Parameters": BOTH, "Resources": {"A": {}, "B": {}}}, {"B": "Last"}),
        [],
    ),
    "name": (
        BuiltStack("My_Shop", "a", "b", {"Parameters": BOTH}),
        [
            "The stack name 'My_Shop' is not allowed, because the names of deployed stacks, files and roles "
            "contain it."
        ],
    ),
    "no project": (
        BuiltStack("shop", "a", "b", {"Parameters": {"Environment": {}}}),
        ["The template has no parameter ProjectName, but the name of the stack"],
    ),
    "neither": (
        BuiltStack("shop", "a", "b", {}),
        ["The template has no parameter ProjectName, but", "The template has no parameter Environment, but"],
    ),
    "per deploy": (
        BuiltStack("shop", "a", "b", {"Parameters": BOTH}, per_deploy=("Environment",)),
        ["The parameter Environment is set at each deploy, but its value is part of the name of the stack"],
    ),
    "gap": (
        BuiltStack("shop", "a", "b", {"Parameters": BOTH, "Resources": {"A": {}, "B": {}}}, {"A": "First"}),
        ["B is not in a section, so the template would show it in the section of the previous resource."],
    ),
}


@pytest.mark.parametrize(("stack", "begins"), FOREIGN.values(), ids=FOREIGN)
def test_requirements_of_the_manifest(stack: BuiltStack, begins: list[str]) -> None:
    """A stack of another project has a message for each requirement that it does not meet."""
    problems = manifest.manifest_problems(stack)

    assert [sentence[: len(begin)] for sentence, begin in zip(problems, begins, strict=True)] == begins
