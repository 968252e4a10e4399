"""Packages and Lambda versions: ``upload-package`` and ``show-releases``, also after a rolled-back deploy."""

import hashlib
from pathlib import Path

import pytest

from csr_templates.operating import releases

from .conftest import Operator
from .recorded import FAULTS
from .stacks import UPDATED, stack_event

ALIAS = "runs, of the stack"


@pytest.fixture
def released(operator: Operator) -> Operator:
    """Production with three Lambda versions and the bucket of the packages."""
    operator.world.create_function()
    operator.world.create_packages()
    return operator


def version_from(operator: Operator, object_version: str) -> None:
    """Let a rolled-back deploy leave a Lambda version of an object version."""
    lambdas = operator.world.client("lambda")
    lambdas.update_function_configuration(FunctionName=operator.world.function, Description=object_version)
    lambdas.publish_version(
        FunctionName=operator.world.function, Description=f"release prod key {object_version} 1024"
    )


def package(operator: Operator) -> Path:
    """Return the file that ``create_packages`` writes."""
    return operator.world.folder / "package.zip"


def test_a_package_is_uploaded_once(released: Operator) -> None:
    """The last line is the object version; S3 has the SHA-256, and is asked instead of a file."""
    first = released.run("upload-package", str(package(released)))
    second = released.run("upload-package", str(package(released)))

    digest = hashlib.sha256(package(released).read_bytes()).hexdigest()
    assert (first.status, first.err, second.err) == (0, [], [])
    assert released.world.packages()[first.out[-1]] == digest
    assert second.out[-1] == first.out[-1]
    assert second.printed == []
    assert "--checksum-algorithm SHA256" in first.printed[0]


def test_a_version_that_s3_has_deleted_is_not_given(released: Operator) -> None:
    """The package is uploaded again."""
    first = released.run("upload-package", str(package(released))).out[-1]
    bucket = released.world.name("LambdaDeploymentsBucket")
    released.world.client("s3").delete_object(Bucket=bucket, Key=releases.PACKAGE, VersionId=first)

    again = released.run("upload-package", str(package(released)))

    assert again.out[-1] != first
    assert again.out[-1] in released.world.packages()


def test_after_a_rollback_the_package_gets_another_object_version(released: Operator) -> None:
    """Lambda would publish nothing; the new one is then given again, because no Lambda version has it."""
    first = released.run("upload-package", str(package(released))).out[-1]
    version_from(released, first)

    second = released.run("upload-package", str(package(released)))
    third = released.run("upload-package", str(package(released)))

    assert second.status == 0
    assert second.out[-1] != first
    assert (
        "A deploy of this package was rolled back, so the next one needs a new object version." in second.out
    )
    assert third.out[-1] == second.out[-1]


def test_a_deployed_package_is_given_again(released: Operator) -> None:
    """Without a rolled-back deploy, its object version is in use and can be deployed."""
    deployed = released.run("upload-package", str(package(released))).out[-1]
    version_from(released, deployed)
    arn = released.world.stacks.stacks["api"].physical_ids["ApiFunctionVersion"]
    released.world.stacks.stacks["api"].physical_ids["ApiFunctionVersion"] = arn[:-1] + "4"

    assert released.run("upload-package", str(package(released))).out[-1] == deployed


def test_before_the_first_deploy_of_api_nothing_is_asked_of_lambda(released: Operator) -> None:
    """Also after an import, which leaves the function out of the stack."""
    released.world.stacks.stacks["api"].physical_ids.clear()
    imported = released.run("upload-package", str(package(released)))
    del released.world.stacks.stacks["api"]
    first = released.run("upload-package", str(package(released)))

    assert (imported.status, first.status) == (0, 0)
    assert "lambda:ListVersionsByFunction" not in [*imported.called, *first.called]


@pytest.mark.parametrize("content", [None, b"no archive"])
def test_what_is_no_package_is_refused(released: Operator, content: bytes | None) -> None:
    """A missing file, or one that Lambda would refuse in the deploy."""
    file = released.world.folder / "other.zip"
    if content:
        file.write_bytes(content)

    run = released.run("upload-package", str(file))

    assert run.status == 2
    assert run.err == [
        f"{file} is not a ZIP file, or does not exist. Give the package of the function.",
        "Nothing was changed.",
    ]


# ---- show-releases ----


def test_releases_have_their_state(released: Operator) -> None:
    """Which one runs, and which one the stack has."""
    released.world.stacks.stacks["api"].events = [stack_event("", "CREATE_IN_PROGRESS")]
    released.run("roll-back", "1")

    run = released.run("show-releases")

    assert (run.status, run.err) == (0, [])
    assert run.out[1].split() == ["version", "published", "state", "description"]
    assert [line.split("JST  ")[1].strip() for line in run.out[2:-1]] == [
        "runs          package 1",
        "package 2",
        "of the stack  package 3",
    ]


def test_versions_of_rolled_back_deploys_are_marked(released: Operator) -> None:
    """The newest one, which the stack does not have, and an older one, after a good deploy."""
    arn = released.world.stacks.stacks["api"].physical_ids["ApiFunctionVersion"]
    released.world.stacks.stacks["api"].events = [
        stack_event("ApiFunctionVersion", "DELETE_SKIPPED", physical_id=f"{arn[:-1]}1"),
        stack_event("", "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS"),
        stack_event("", "UPDATE_ROLLBACK_IN_PROGRESS", "An alarm is in ALARM."),
    ]
    version_from(released, "9")

    run = released.run("show-releases")

    assert run.status == 0
    assert [line[:4].split() for line in run.out[2:-1]] == [["!", "1"], ["2"], ["3"], ["!", "4"]]
    assert "left by a rolled-back deploy" in run.out[2]
    assert ALIAS in run.out[4]
    assert "left by a rolled-back deploy" in run.out[5]


def test_a_version_whose_events_have_expired_is_not_known(released: Operator) -> None:
    """A rolled-back deploy may have left it; the one that the stack has completed its deploy."""
    run = released.run("show-releases")

    assert [line.split("JST  ")[1].strip() for line in run.out[2:-1]] == [
        "events expired      package 1",
        "events expired      package 2",
        "runs, of the stack  package 3",
    ]


def test_a_version_that_an_update_has_replaced_is_not_left_by_a_rollback() -> None:
    """CloudFormation skips its deletion too, after the update."""
    events = [
        stack_event("ApiFunctionVersion", "DELETE_SKIPPED", physical_id="arn:1"),
        stack_event("", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"),
        stack_event("", "UPDATE_IN_PROGRESS"),
        stack_event("ApiFunctionVersion", "DELETE_SKIPPED", physical_id="arn:2"),
        stack_event("", "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS"),
    ]

    assert releases.left_by_rollbacks(events, str(events[1]["StackName"])) == {2}
    assert events[0]["Timestamp"] == UPDATED


def test_unknown_parts_leave_the_rest(released: Operator) -> None:
    """Without the events, the newest version is still marked."""
    version_from(released, "9")
    released.world.recorder.failing["cloudformation:DescribeStackEvents"] = FAULTS["denied"]()

    run = released.run("show-releases")

    assert run.status == 1
    assert "Versions that rolled-back deploys have left: unknown" in run.out
    assert run.out[-2].startswith("!  4 ")
