import re
from typing import Any

from cfn_analysis.rules.support.documents import document_texts, texts
from cfn_analysis.rules.support.references import is_complete
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.values import of_type
from cfn_analysis.rules.support.words import did_you_mean

STATES = ("ALARM", "OK", "INSUFFICIENT_DATA")
#: Number or percentage of alarms, their state, and the alarms.
AT_LEAST = re.compile(
    rf"AT_LEAST\s*\(\s*\w+%?\s*,\s*(?:NOT\s+)?(?:{'|'.join(STATES)})\s*,\s*\(([^()]*)\)\s*\)"
)
QUOTED = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'[^']*'")


class BrokenAlarmRule(Rule):
    """Composite alarm whose rule cannot be read, or names an alarm that the template does not have.

    AlarmRule consists of ALARM("NAME"), OK("NAME") and INSUFFICIENT_DATA("NAME") with AND, OR and NOT, and
    of AT_LEAST(2, ALARM, (NAME, NAME)). It accepts names or ARNs of alarms, and CloudWatch rejects a name
    that does not exist: one that is close to an alarm of the template is misspelt. It refuses the signs of a
    programming language, such as &&, too.
    """

    id = "E9614"
    source_url = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-combining.html"
    fault_class = "documents"

    def faults(self, validator: Validator, resources: Any) -> Faults:
        alarms = {
            name
            for _, _, properties in of_type(
                resources, "AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"
            )
            for name in texts(properties.get("AlarmName"))
        }
        for logical_id, _, properties in of_type(resources, "AWS::CloudWatch::CompositeAlarm"):
            for text in document_texts(validator, properties.get("AlarmRule")):
                problem = _problem(text, alarms) if is_complete(text) else ""
                if problem:
                    yield Fault((logical_id, "Properties", "AlarmRule"), f"AlarmRule {problem}")


def _problem(rule: str, alarms: set[str]) -> str:
    plain = QUOTED.sub("", re.sub(r"\$\{[^}]*\}", "x", rule))
    if plain.count("(") != plain.count(")"):
        return f"has {plain.count('(')} ( and {plain.count(')')} ): CloudWatch refuses it."
    outside = re.sub(r"\(\s*[^()\s]+\s*\)", "", AT_LEAST.sub("", plain))
    for word in re.findall(r"[A-Za-z_]+", outside):
        if word == "AT_LEAST":
            return (
                "has AT_LEAST in another form than AT_LEAST(2, ALARM, (NAME, NAME)): CloudWatch refuses it."
            )
        if word not in (*STATES, "AND", "OR", "NOT", "TRUE", "FALSE", "true", "false"):
            allowed = f"{', '.join(STATES)}, AND, OR, NOT, AT_LEAST, TRUE and FALSE"
            return f"has the word {word}; allowed are {allowed}."
    sign = re.search(r"[^\s\w()]+", re.sub(r"\([^()\s]*\)", "", outside))
    if sign:
        return f"has the sign {sign[0]}; conditions are joined by AND, OR and NOT. CloudWatch refuses it."
    for name in _alarm_names(rule):
        hint = did_you_mean(name, sorted(alarms), 0.8)
        if name not in alarms and not name.startswith("arn:") and "$" not in name and hint:
            return f"contains the alarm {name}, which does not exist.{hint}"
    return ""


def _alarm_names(rule: str) -> list[str]:
    names = re.findall(rf"(?:{'|'.join(STATES)})\s*\(\s*[\"']?([^\"')]+?)[\"']?\s*\)", rule)
    for several in AT_LEAST.findall(rule):
        names += [name.strip().strip("\"'") for name in several.split(",")]
    return names
