import re
from collections.abc import Iterator
from typing import Any

from cfn_analysis.model.references import value_at
from cfn_analysis.rules.support.documents import texts
from cfn_analysis.rules.support.references import single_reference
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator
from cfn_analysis.rules.support.scenarios import only_value
from cfn_analysis.rules.support.values import items, of_type
from cfn_analysis.rules.support.words import nearest, words

FUNCTION = "AWS::Lambda::Function"
LEVELS = ("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL")
OTHER_NAMES = {"WARNING": "WARN", "CRITICAL": "FATAL"}  # of Python's logging

# Of the record of a platform.report, what is one level deeper.
# https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html#platform-report
METRICS = words("""
    billedDurationMs billedRestoreDurationMs durationMs initDurationMs maxMemoryUsedMB memorySizeMB
    restoreDurationMs
""")


class FilterOfUnwrittenRecord(Rule):
    """Filter on a record that the function does not write.

    With LogFormat JSON, Lambda writes its own records as JSON, with $.type platform.report and $.record, and
    those of the code with $.level; as Text, which is the default, neither. SystemLogLevel WARN leaves out the
    reports of successful calls, and ApplicationLogLevel the records of lower levels. A pattern for records
    that are not written never matches, and its metric does not have data. In a report, the values are in
    $.record.metrics.
    """

    id = "E9671"
    source_url = "https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html"
    finding_class = "documents"

    def findings(self, validator: Validator, resources: Any) -> Findings:
        logging = _logging(validator, resources)
        for logical_id, _, properties in of_type(
            resources, "AWS::Logs::MetricFilter", "AWS::Logs::SubscriptionFilter"
        ):
            group = single_reference(properties.get("LogGroupName"))[0]
            pattern = only_value(validator, properties.get("FilterPattern"))
            if group not in logging or not isinstance(pattern, str):
                continue
            problems = [_unwritten(pattern, config) for config in logging[group]]
            if all(problems):
                yield RuleFinding((logical_id, "Properties", "FilterPattern"), f"FilterPattern {problems[0]}")
            for where, text in _asked(logical_id, properties, pattern):
                for field in re.findall(r"\$\.(\w+(?:\.\w+)*)", text):
                    if right := _report_field(field, pattern):
                        yield RuleFinding(where, f"{where[-1]} has $.{field}, which is in $.{right}.")


def _report_field(field: str, pattern: str) -> str:
    """Return where a report has the value of a field that it does not have; empty if it may have it."""
    first, _, _ = field.partition(".")
    _, _, name = field.rpartition(".")
    if name not in METRICS:
        similar = nearest(name, METRICS, 0.8) if field.startswith("record.metrics.") else ""
        return similar and f"record.metrics.{similar}"
    is_its_field = field == f"record.metrics.{name}"
    if is_its_field or (first != "record" and "platform." not in pattern):
        return ""
    return f"record.metrics.{name}"


def _logging(validator: Validator, resources: Any) -> dict[str, list[dict[str, Any]]]:
    """Return the logging settings of the functions for each log group of the template."""
    groups = _groups_by_name(resources)
    settings_by_group: dict[str, list[dict[str, Any]]] = {}
    for logical_id, _, properties in of_type(resources, FUNCTION):
        config = properties.get("LoggingConfig", {})
        if not isinstance(config, dict):
            continue
        own = single_reference(config.get("LogGroup"))[0]
        names = [f"/aws/lambda/${{{logical_id}}}"]
        names += [f"/aws/lambda/{name}" for name in texts(properties.get("FunctionName"))]
        group = own or next((groups[name] for name in names if name in groups), "")
        settings = {
            name: only_value(validator, value) for name, value in config.items() if name != "LogGroup"
        }
        settings_by_group.setdefault(group, []).append({"LogFormat": "Text", **settings})
    return settings_by_group


def _groups_by_name(resources: Any) -> dict[str, str]:
    groups: dict[str, str] = {}
    for logical_id, _, properties in of_type(resources, "AWS::Logs::LogGroup"):
        groups.update(dict.fromkeys(texts(properties.get("LogGroupName")), logical_id))
    return groups


def _unwritten(pattern: str, config: dict[str, Any]) -> str:
    """Return why a function never writes the records of a pattern; empty if it may."""
    log_format = config["LogFormat"]
    platform = re.findall(r"platform\.\w+", pattern)
    if log_format == "Text" and platform:
        return "uses a record of the platform, which LogFormat Text does not write. Set LogFormat to JSON."
    if log_format != "JSON":
        return ""
    if pattern.lstrip().startswith("["):
        return (
            "is for the columns of a text, and LogFormat is JSON: it never matches. Write { $.field = "
            "value }."
        )
    of_success = {"platform.report", "platform.start"}.issuperset(platform) and "status" not in pattern
    if platform and of_success and config.get("SystemLogLevel") == "WARN":
        return f"uses {platform[0]}, which SystemLogLevel WARN leaves out. Set it to INFO."
    named = [name.upper() for name in re.findall(r'\$\.level\s*=\s*"?([A-Za-z]+)', pattern)]
    levels = [OTHER_NAMES.get(name, name) for name in named]
    least = config.get("ApplicationLogLevel")
    left_out = [level for level in levels if least in LEVELS and _below(level, str(least))]
    if left_out:
        return f"uses {left_out[0]}, which ApplicationLogLevel {least} leaves out. Set it to {left_out[0]}."
    return ""


def _below(level: str, least: str) -> bool:
    return level in LEVELS and LEVELS.index(level) < LEVELS.index(least)


def _asked(logical_id: str, properties: Any, pattern: str) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield the texts of a filter with fields of a report, with their paths."""
    yield (logical_id, "Properties", "FilterPattern"), pattern
    for index, transformation in enumerate(items(properties.get("MetricTransformations"))):
        value = value_at(transformation, ("MetricValue",))
        if isinstance(value, str):
            yield (logical_id, "Properties", "MetricTransformations", index, "MetricValue"), value
