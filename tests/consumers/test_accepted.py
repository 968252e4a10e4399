"""tests/consumers/accepted-findings.json: its format, its comparison, and the files generated from it."""

import json
from pathlib import Path
from typing import Any

import pytest

from cfn_analysis.model.rendering import load
from tests.consumers import scanners, write_accepted
from tests.consumers.accepted import (
    OUT,
    Accepted,
    AcceptedError,
    Finding,
    accepted,
    acknowledgements,
    baseline,
    differences,
    resource,
    templates,
)

VPC = Finding("cdk-nag", "AwsSolutions-VPC7", "network/VPC")
LOGS = Finding("checkov", "CKV_AWS_18", "frontend/EdgeLogBucket")
RECOVERED_LOGS = LOGS._replace(resource="recovery/frontend/EdgeLogBucket")


def entry(**changes: Any) -> dict[str, Any]:
    """Return an entry of the file."""
    return {
        "name": "flow-logs",
        "class": "false",
        "reason": "They are there.",
        "findings": [
            {"tool": "cdk-nag", "rules": ["AwsSolutions-VPC7", "R"], "resources": ["network/VPC"]},
        ],
        **changes,
    }


def meant(name: str, *findings: Finding) -> Accepted:
    """Return an entry that accepts findings."""
    return Accepted(name, "deliberate", "Meant.", findings)


# ---- The comparison ----


def test_what_is_accepted_is_found() -> None:
    """Only accepted findings are fine, also if a tool repeats them."""
    assert list(differences([meant("a", VPC), meant("b", LOGS)], [LOGS, VPC, VPC])) == []


def test_a_finding_that_is_not_covered() -> None:
    """A finding without an entry is named, with what to do."""
    assert list(differences([meant("a", VPC)], [VPC, LOGS])) == [
        "checkov CKV_AWS_18 on frontend/EdgeLogBucket is new. Change the template, or add it to "
        "tests/consumers/accepted-findings.json with its reason."
    ]


def test_an_entry_that_matches_nothing() -> None:
    """What no tool finds any longer is named with its entry, even if the entry has others that are found."""
    assert list(differences([meant("buckets", LOGS, VPC)], [LOGS])) == [
        "cdk-nag AwsSolutions-VPC7 on network/VPC is gone. Remove it from buckets in "
        "tests/consumers/accepted-findings.json."
    ]


def test_a_finding_has_one_reason() -> None:
    """Two entries for one finding are named."""
    assert list(differences([meant("a", VPC), meant("b", VPC)], [VPC])) == [
        "cdk-nag AwsSolutions-VPC7 on network/VPC is accepted twice: a, b. Remove one."
    ]


def test_a_recovery_template_has_the_findings_of_its_stack() -> None:
    """A finding that the stack and its recovery have in common is accepted once, for the stack."""
    assert list(differences([meant("a", LOGS)], [RECOVERED_LOGS, LOGS])) == []


def test_a_finding_of_a_recovery_template_alone() -> None:
    """A reason for the recovery does not accept the finding in the stack, and the other way round."""
    assert list(differences([meant("a", RECOVERED_LOGS)], [RECOVERED_LOGS])) == []
    assert list(differences([meant("a", RECOVERED_LOGS)], [LOGS])) == [
        "checkov CKV_AWS_18 on frontend/EdgeLogBucket is new. Change the template, or add it to "
        "tests/consumers/accepted-findings.json with its reason.",
        "checkov CKV_AWS_18 on recovery/frontend/EdgeLogBucket is gone. Remove it from a in "
        "tests/consumers/accepted-findings.json.",
    ]
    assert list(differences([meant("a", LOGS)], [RECOVERED_LOGS])) == [
        "checkov CKV_AWS_18 on recovery/frontend/EdgeLogBucket is new. Change the template, or add it to "
        "tests/consumers/accepted-findings.json with its reason.",
        "checkov CKV_AWS_18 on frontend/EdgeLogBucket is gone. Remove it from a in "
        "tests/consumers/accepted-findings.json.",
    ]


@pytest.mark.parametrize(
    ("template", "logical_id", "name"),
    [
        ("bootstrap/network", "ServicePolicy2", "bootstrap/network/ServicePolicy"),
        ("bootstrap/network", "ServiceDeletePolicy10", "bootstrap/network/ServiceDeletePolicy"),
        ("bootstrap/network", "ArtifactBucketPolicy", "bootstrap/network/ArtifactBucketPolicy"),
        ("network", "ServicePolicy2", "network/ServicePolicy2"),
        ("recovery/database", "DatabaseInstance2", "recovery/database/DatabaseInstance2"),
    ],
)
def test_the_policies_of_a_deploy_role_are_one_resource(template: str, logical_id: str, name: str) -> None:
    """A statement that moves to the next policy of its role does not change a finding."""
    assert resource(template, logical_id) == name


@pytest.mark.parametrize(
    ("rule", "folded"),
    [
        (
            "R[Resource::arn:aws:sns:r:*:<aws:PrincipalTag/Project>-<aws:PrincipalTag/Environment>-network-*]",
            "R[Resource::<Project>-<Environment>]",
        ),
        (
            "R[Resource::arn:aws:logs:r:*:log-group:/<aws:PrincipalTag/Project>-"
            "<aws:PrincipalTag/Environment>:*]",
            "R[Resource::<Project>-<Environment>]",
        ),
        (
            "R[Resource::arn:aws:sns:r:*:<aws:PrincipalTag/Project>-<aws:PrincipalTag/Environment>-*]",
            "R[Resource::arn:aws:sns:r:*:<aws:PrincipalTag/Project>-<aws:PrincipalTag/Environment>-*]",
        ),
        (
            "R[Resource::arn:aws:sns:r:*:<aws:PrincipalTag/Project>-<aws:PrincipalTag/Environment>*]",
            "R[Resource::arn:aws:sns:r:*:<aws:PrincipalTag/Project>-<aws:PrincipalTag/Environment>*]",
        ),
        ("R[Resource::arn:aws:kms:r:*:key/*]", "R[Resource::arn:aws:kms:r:*:key/*]"),
        ("R[Resource::*]", "R[Resource::*]"),
        ("R[Action::kms:*]", "R[Action::kms:*]"),
    ],
)
def test_arns_of_the_environment_are_one_rule(rule: str, folded: str) -> None:
    """Full names of the environment are one rule; a name that is only the prefix is not."""
    assert scanners.folded(rule) == folded


# ---- The file ----


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        (
            [entry(), entry()],
            "accepted-findings.json: two entries are called flow-logs. Join them.",
        ),
        (
            [{**entry(), "note": ""}],
            "accepted-findings.json, flow-logs: the keys are name, class, reason, findings, note. "
            "Write name, class, reason, findings.",
        ),
        (
            [entry(**{"class": "gap"})],
            "accepted-findings.json, flow-logs: the class is 'gap'. Use one of deliberate, false.",
        ),
        ([entry(reason=" ")], "accepted-findings.json, flow-logs: reason is empty. Write it."),
        ([entry(findings=[])], "accepted-findings.json, flow-logs: findings are empty. Remove the entry."),
        (
            [entry(findings=[{"tool": "nag", "rules": ["R"], "resources": ["network/VPC"]}])],
            "accepted-findings.json, flow-logs: the tool is 'nag'. "
            "Use one of cdk-nag, checkov, cfn-guard, cloudformation-validate.",
        ),
        (
            [entry(findings=[{"tool": "cdk-nag", "rules": ["S", "R"], "resources": ["network/VPC"]}])],
            "accepted-findings.json, flow-logs: rules of cdk-nag are empty, repeated or not in alphabetical "
            "order: S, R. Sort them.",
        ),
        (
            [entry(findings=[{"tool": "cdk-nag", "rules": ["R"], "resources": []}])],
            "accepted-findings.json, flow-logs: resources of cdk-nag are empty, repeated or not in "
            "alphabetical order: . Sort them.",
        ),
    ],
)
def test_refusals(tmp_path: Path, entries: list[dict[str, Any]], message: str) -> None:
    """A mistake in the file is one sentence with the entry and what to write."""
    file = tmp_path / "accepted-findings.json"
    file.write_text(json.dumps(entries))

    with pytest.raises(AcceptedError) as caught:
        accepted(file)
    assert str(caught.value) == message


def test_rules_and_resources_are_multiplied(tmp_path: Path) -> None:
    """A group accepts each of its rules on each of its resources."""
    file = tmp_path / "accepted-findings.json"
    group = {"tool": "checkov", "rules": ["A", "B"], "resources": ["api/X", "api/Y"]}
    file.write_text(json.dumps([entry(findings=[group])]))

    assert [tuple(finding) for finding in accepted(file)[0].findings] == [
        ("checkov", "A", "api/X"),
        ("checkov", "A", "api/Y"),
        ("checkov", "B", "api/X"),
        ("checkov", "B", "api/Y"),
    ]


def test_every_resource_is_in_a_template() -> None:
    """A renamed or removed resource fails here, before the scanners run."""
    resources = set()
    for file, template in templates().items():
        for logical_id in load((OUT / file).read_text("utf-8"))["Resources"]:
            resources.add(resource(template, logical_id))
    for entry_of_file in accepted():
        of_entry = {finding.resource for finding in entry_of_file.findings}
        missing = sorted(of_entry - resources)
        assert not missing, (
            f"No template has {', '.join(missing)}. In tests/consumers/accepted-findings.json, remove them "
            f"from the entry {entry_of_file.name}, or write the new names. Then run make accepted."
        )


# ---- Generated files ----


def test_page_and_forms_are_current() -> None:
    """The page and forms are current. If not: make accepted."""
    for file, text in write_accepted.files().items():
        assert file.read_text("utf-8") == text, file


def test_a_baseline_names_each_template_that_has_the_resource() -> None:
    """Checkov sees the resources of the recovery templates, too; other tools' findings are left out."""
    document = baseline([meant("a", LOGS, VPC)])

    assert document == {
        "failed_checks": [
            {
                "file": file,
                "findings": [{"resource": "AWS::S3::Bucket.EdgeLogBucket", "check_ids": ["CKV_AWS_18"]}],
            }
            for file in ("/frontend.yaml", "/recovery/frontend.yaml")
        ]
    }


def test_a_baseline_of_a_recovery_template_alone() -> None:
    """What is accepted for the recovery is in its file only."""
    assert [check["file"] for check in baseline([meant("a", RECOVERED_LOGS)])["failed_checks"]] == [
        "/recovery/frontend.yaml"
    ]


def test_acknowledgements_have_the_reason() -> None:
    """CDK wants a rule and a reason for each resource."""
    assert acknowledgements([meant("a", LOGS, VPC)]) == {"network": {"VPC": {VPC.rule: "Meant."}}}


def test_acknowledgements_are_of_the_stacks() -> None:
    """A CDK app does not contain the other templates, and an acknowledgement for them would be an error."""
    others = [VPC._replace(resource=f"{folder}/network/VPC") for folder in ("bootstrap", "recovery")]

    assert acknowledgements([meant("a", *others)]) == {}
