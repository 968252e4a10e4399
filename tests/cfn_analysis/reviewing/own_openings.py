"""Eight changes of our own stacks that allow more access or weaken a guard.

Print the Markdown of their reports with ``python -m tests.cfn_analysis.reviewing.own_openings``.
"""

import sys
from collections.abc import Callable, Mapping
from typing import Any

from cfn_analysis.reviewing import markdown, report
from cfn_analysis.reviewing.sides import Side
from tests.alarm_subjects import first_with_threshold

from .own_changes import Template, own_side, properties, with_template, with_values


def _statement(document: Mapping[str, Any], sid: str) -> dict[str, Any]:
    statement: dict[str, Any] = next(
        candidate for candidate in document["Statement"] if candidate.get("Sid") == sid
    )
    return statement


def _role_widened(template: Template) -> None:
    (policy,) = properties(template, "ExecutionRole")["Policies"]
    _statement(policy["PolicyDocument"], "SendDeadLetters")["Action"] = ["sqs:*"]


def _condition_dropped(template: Template) -> None:
    del _statement(properties(template, "SiteBucketPolicy")["PolicyDocument"], "CloudFrontReads")["Condition"]


def _prefix_list(template: Template) -> None:
    rules = properties(template, "SecretsManagerEndpointSecurityGroup")["SecurityGroupIngress"]
    rules.append({"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "SourcePrefixListId": "pl-58a04531"})


def _rule_counts(template: Template) -> None:
    rules = properties(template, "WebACL")["Rules"]
    next(rule for rule in rules if rule["Name"] == "rate-limit")["Action"] = {"Count": {}}


def _key_widened(template: Template) -> None:
    policy = properties(template, "FunctionKey")["KeyPolicy"]
    policy["Statement"].append(
        {
            "Sid": "PartnerDecrypts",
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::210987654321:root"},
            "Action": "kms:Decrypt",
            "Resource": "*",
        }
    )


def _key_not_required(template: Template) -> None:
    properties(template, "ProxyGetMethod")["ApiKeyRequired"] = False


def _action_removed(template: Template) -> None:
    del properties(template, first_with_threshold(template["Resources"]))["AlarmActions"]


OPENINGS: dict[str, Callable[[Side], Side]] = {
    "role widened by a wildcard": lambda side: with_template(side, "api", _role_widened),
    "condition of a bucket policy dropped": lambda side: with_template(side, "frontend", _condition_dropped),
    "group opened by a prefix list": lambda side: with_template(side, "network", _prefix_list),
    "WAF rule to count": lambda side: with_template(side, "frontend", _rule_counts),
    "key policy widened": lambda side: with_template(side, "api", _key_widened),
    "key requirement dropped": lambda side: with_template(side, "api", _key_not_required),
    "log retention shortened": lambda side: with_values(side, "prod", {"LogRetentionDays": "30"}),
    "alarm action removed": lambda side: with_template(side, "api", _action_removed),
}


def main() -> None:
    """Print the Markdown report of all changes, or of those whose names are given."""
    side = own_side()
    for name in sys.argv[1:] or OPENINGS:
        print(f"=== {name} ===")
        print(markdown.as_markdown(report.review(side, OPENINGS[name](side))))
        print()


if __name__ == "__main__":
    main()
