"""Openings of our own stacks and of the labelled pairs."""

from typing import Any

import pytest

from cfn_analysis.reviewing import report
from cfn_analysis.reviewing.report import Review
from csr_templates import api
from tests.alarm_subjects import first_with_threshold

from ..own_changes import own_side
from ..own_openings import OPENINGS
from ..test_corpus import scored

API = api.build().to_dict()["Resources"]
ALARM = first_with_threshold(API)
(TOPIC,) = API[ALARM]["Properties"]["AlarmActions"]


def log_groups() -> list[str]:
    """Return the log groups whose retention is a parameter."""
    names: list[str] = []
    for stack in own_side().stacks:
        resources = stack.template["Resources"]
        names += [name for name, resource in resources.items() if _is_retained_by_parameter(resource)]
    return names


def _is_retained_by_parameter(resource: dict[str, Any]) -> bool:
    return bool(resource.get("Properties", {}).get("RetentionInDays") == {"Ref": "LogRetentionDays"})


# Change -> kind, resource, and part of the message of its risk.
EXPECTED: dict[str, list[tuple[str, str, str]]] = {
    "role widened by a wildcard": [("opens", "ExecutionRole", "sqs:* (new: sqs:addpermission, ")],
    "condition of a bucket policy dropped": [
        ("opens", "SiteBucketPolicy", "no longer limited as before by aws:SourceArn")
    ],
    "group opened by a prefix list": [
        ("opens", "SecretsManagerEndpointSecurityGroup", "tcp 443 from the prefix list pl-58a04531")
    ],
    "WAF rule to count": [("opens", "WebACL", "rule rate-limit is set to Count instead of Block")],
    "key policy widened": [("opens", "FunctionKey", "kms:Decrypt on * by the account 210987654321")],
    "key requirement dropped": [("opens", "ProxyGetMethod", "ApiKeyRequired is false")],
    "log retention shortened": [
        ("guard", name, "RetentionInDays is 30 instead of 365") for name in log_groups()
    ],
    "alarm action removed": [
        (
            "guard",
            ALARM,
            f"AlarmActions no longer contains ${{{TOPIC['Ref']}}}, and is empty",
        )
    ],
}


@pytest.fixture(scope="module")
def reviews() -> dict[str, Review]:
    """The review of each change, for production."""
    side = own_side()
    return {name: report.review(side, change(side), ["prod"]) for name, change in OPENINGS.items()}


def test_openings_and_guards_are_right_on_every_labelled_pair() -> None:
    """All risks of the labeled pairs (at least 250) are found, and no others."""
    corpus_result = scored(kind="opens")

    assert len(corpus_result.faults) >= 250
    assert {name: faults for name, faults in corpus_result.faults.items() if faults} == {}, (
        corpus_result.table()
    )


def test_our_own_stacks(reviews: dict[str, Review]) -> None:
    """Each change has exactly the expected risks, and the messages contain the added access."""
    assert reviews.keys() == EXPECTED.keys()
    for name, expected in EXPECTED.items():
        risks = [risk for risk in reviews[name].risks if risk.kind in ("opens", "guard")]
        assert [(risk.kind, risk.name) for risk in risks] == [row[:2] for row in expected], name
        for risk, (_, _, part) in zip(risks, expected, strict=True):
            assert part in risk.message, name


def test_a_new_environment_has_no_added_access() -> None:
    """A new environment has no earlier state, so its policies are not reported as risks."""
    side = own_side()
    others = {name: values for name, values in side.environments.items() if name != "prod"}
    before = side._replace(environments=others)

    review = report.review(before, side, ["prod"])

    assert [risk for risk in review.risks if risk.kind in ("opens", "guard")] == []
