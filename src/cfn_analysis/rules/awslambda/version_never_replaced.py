import re
from typing import Any

from cfn_analysis.rules.support.lambdas import function_of
from cfn_analysis.rules.support.references import own_id
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator, properties_of
from cfn_analysis.rules.support.values import show

# The end of an ID that is new for each version: a hash, a date or a number.
GENERATED = re.compile(r".*([0-9a-fA-F]{8}|[0-9]+)")


class VersionNeverReplaced(Rule):
    """Lambda version that is not replaced when the code changes.

    A version is published when its resource is created. CloudFormation creates another one only if the
    resource changes, and a new package changes the function, not the version: the alias stays on the old
    code, and the deployment succeeds. Give the version a CodeSha256 or a Description that changes with the
    code and the configuration, or a new logical ID for each release.
    """

    id = "W9562"
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-version.html"
    finding_class = "lifecycle"
    looks_at = properties_of("AWS::Lambda::Version")

    def findings(self, validator: Validator, properties: Any) -> Findings:
        logical_id = own_id(validator)
        if {"CodeSha256", "Description"}.intersection(properties) or GENERATED.fullmatch(logical_id):
            return
        function = properties.get("FunctionName")
        if function_of(validator, function):
            yield RuleFinding(
                (),
                f"{logical_id} has only FunctionName {show(function)}, which stays the same when the "
                "code changes: no new version is published. Add a Description or CodeSha256 that "
                "changes with the code.",
            )
