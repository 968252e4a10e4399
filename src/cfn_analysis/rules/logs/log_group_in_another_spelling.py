import re
from typing import Any

from cfn_analysis.model.references import value_at
from cfn_analysis.rules.support.documents import each
from cfn_analysis.rules.support.references import sub_text
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator
from cfn_analysis.rules.support.values import of_type

# Type -> the path to the names of log groups.
READERS = {
    "AWS::EC2::FlowLog": ("LogGroupName",),
    "AWS::Lambda::Function": ("LoggingConfig", "LogGroup"),
    "AWS::Logs::MetricFilter": ("LogGroupName",),
    "AWS::Logs::QueryDefinition": ("LogGroupNames",),
    "AWS::Logs::SubscriptionFilter": ("LogGroupName",),
}


class LogGroupInAnotherSpelling(Rule):
    """Name of a log group in another spelling than in the template.

    /aws/vpc/flow-logs and /aws/vpc/flowlogs are two log groups. If the template creates one of them, and a
    filter, a query or a function names the other, it reads nothing, or writes to a log group without
    retention and key. The rule compares only letters and digits. Use Ref to name the log group.
    """

    id = "W9667"
    source_url = (
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html"
    )
    finding_class = "names"

    def findings(self, validator: Validator, resources: Any) -> Findings:
        groups = {
            sub_text(properties.get("LogGroupName")): logical_id
            for logical_id, _, properties in of_type(resources, "AWS::Logs::LogGroup")
        }
        by_spelling = {_spelling(name): (name, group) for name, group in groups.items() if name}
        if not by_spelling:
            return
        for logical_id, resource, properties in of_type(resources, *READERS):
            steps = READERS[resource["Type"]]
            for value, path in each(value_at(properties, steps), logical_id, "Properties", *steps):
                text = sub_text(value)
                if text and text not in groups and _spelling(text) in by_spelling:
                    name, group = by_spelling[_spelling(text)]
                    yield RuleFinding(
                        path, f"{text} is not a log group of the template; {group} is called {name}. Use Ref."
                    )


def _spelling(name: str) -> str:
    return re.sub(r"[^a-z0-9${}:]", "", name.lower())
