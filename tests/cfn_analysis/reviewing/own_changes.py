"""Twelve changes of our own stacks in the built folder, as an engineer would make them.

Print their reports with ``python -m tests.cfn_analysis.reviewing.own_changes``.
"""

import copy
import dataclasses
import functools
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from cfn_analysis.reviewing import report, text
from cfn_analysis.reviewing.sides import Side
from csr_templates.hand_over import review_sides
from tests.alarm_subjects import first_with_threshold

OUT = Path(__file__).resolve().parents[3] / "out"

Template = dict[str, Any]


@functools.cache
def own_side() -> Side:
    """Return out/ of this checkout; production has CloudFront, WAF and an engine that can be upgraded."""
    side = review_sides.folder(OUT)
    values = {
        "CloudFrontEnabled": "true",
        "WAFEnabled": "true",
        "DatabaseEngineVersion": "8.0.mysql_aurora.3.10.6",
    }
    return with_values(side._replace(name="out"), "prod", values)


def with_template(side: Side, stack: str, edit: Callable[[Template], None]) -> Side:
    """Return a side with one template edited."""
    stacks = []
    for built in side.stacks:
        if built.name != stack:
            stacks.append(built)
            continue
        template = copy.deepcopy(dict(built.template))
        edit(template)
        stacks.append(dataclasses.replace(built, template=template))
    return side._replace(stacks=tuple(stacks))


def with_values(side: Side, environment: str, values: Mapping[str, str]) -> Side:
    """Return a side in which an environment has different values for parameters of its stacks."""
    passed = {}
    for stack, own in side.environments[environment].items():
        passed[stack] = {name: values.get(name, value) for name, value in own.items()}
    return side._replace(environments={**side.environments, environment: passed})


def properties(template: Template, name: str) -> Any:
    """Return the properties of a resource."""
    return template["Resources"][name]["Properties"]


def _group_description(template: Template) -> None:
    properties(template, "DatabaseSecurityGroup")["GroupDescription"] += ", from Lambda only"


def _subnet_group_name(template: Template) -> None:
    name = {"Fn::Sub": "${ProjectName}-${Environment}-database-subnets"}
    properties(template, "DatabaseSubnetGroup")["DBSubnetGroupName"] = name


def _threshold(template: Template) -> None:
    properties(template, first_with_threshold(template["Resources"]))["Threshold"] += 10


def _bucket_renamed(template: Template) -> None:
    name = {"Fn::Sub": "${ProjectName}-${Environment}-lambda-packages-${AWS::AccountId}"}
    properties(template, "LambdaDeploymentsBucket")["BucketName"] = name


def _export_renamed(template: Template) -> None:
    name = {"Fn::Sub": "${ProjectName}-${Environment}-vpc"}
    template["Outputs"]["VPCId"]["Export"]["Name"] = name


def _tags_reordered(template: Template) -> None:
    for resource in template["Resources"].values():
        tags = resource.get("Properties", {}).get("Tags")
        if isinstance(tags, list):
            tags.reverse()


CHANGES: dict[str, Callable[[Side], Side]] = {
    "engine version": lambda side: with_values(
        side, "prod", {"DatabaseEngineVersion": "8.0.mysql_aurora.3.11.1"}
    ),
    "class": lambda side: with_values(side, "prod", {"DatabaseInstanceClass": "db.r6g.large"}),
    "subnet CIDR": lambda side: with_values(side, "prod", {"PrivateSubnet1Cidr": "10.2.5.0/24"}),
    "description of a group": lambda side: with_template(side, "database", _group_description),
    "added subnet group name": lambda side: with_template(side, "database", _subnet_group_name),
    "memory": lambda side: with_values(side, "prod", {"LambdaMemorySize": "1769"}),
    "threshold": lambda side: with_template(side, "database", _threshold),
    "bucket renamed": lambda side: with_template(side, "network", _bucket_renamed),
    "WAF off": lambda side: with_values(side, "prod", {"WAFEnabled": "false"}),
    "export renamed": lambda side: with_template(side, "network", _export_renamed),
    "condition flipped": lambda side: with_values(
        side, "prod", {"DatabaseMultiAZ": "false", "DatabaseReadReplica": "false"}
    ),
    "tags reordered": lambda side: with_template(side, "api", _tags_reordered),
}


def main() -> None:
    """Print the reports of all changes, or of those whose names are given."""
    side = own_side()
    for name in sys.argv[1:] or CHANGES:
        print(f"=== {name} ===")
        print(text.as_text(report.review(side, CHANGES[name](side))))
        print()


if __name__ == "__main__":
    main()
