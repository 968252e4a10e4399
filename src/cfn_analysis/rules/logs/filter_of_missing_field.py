import re
from collections.abc import Iterator
from typing import Any

from cfn_analysis.model.references import value_at
from cfn_analysis.rules.support.documents import document_texts, each
from cfn_analysis.rules.support.references import is_complete, single_reference, sub_text
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator
from cfn_analysis.rules.support.scenarios import only_value
from cfn_analysis.rules.support.spellings import is_slip
from cfn_analysis.rules.support.values import Path, of_type
from cfn_analysis.rules.support.words import did_you_mean, words

DEFAULT_FIELDS = 14  # of a flow log without LogFormat
JSON_FIELD = re.compile(r"\$\.([A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*)")
# https://docs.aws.amazon.com/waf/latest/developerguide/logging-fields.html
WAF_FIELDS = words("""
    action formatVersion httpRequest httpSourceId httpSourceName labels nonTerminatingMatchingRules
    rateBasedRuleList requestHeadersInserted responseCodeSent ruleGroupList terminatingRuleId
    terminatingRuleMatchDetails terminatingRuleType timestamp webaclId
""")


class FilterOfMissingField(Rule):
    """Filter, metric or saved query that does not fit the format of its log.

    A filter on the access log of a stage matches the keys of AccessLogSetting.Format, and one on a flow log
    needs a name for every field of LogFormat, or '...' for the rest. With another key, or another number of
    columns, it is deployed but never matches: its metric does not have data, and its alarm never fires. The
    same applies to the value or dimension of a metric from a key that the log, or a column that the pattern,
    does not have, and to a saved query.
    """

    id = "E9663"
    source_url = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html"
    finding_class = "documents"

    def findings(self, validator: Validator, resources: Any) -> Findings:
        keys, columns = _logged_fields(validator, resources), _columns(validator, resources)
        waf_logs = {
            name
            for name, _, properties in of_type(resources, "AWS::Logs::LogGroup")
            if (sub_text(properties.get("LogGroupName")) or "").startswith("aws-waf-logs-")
        }
        for logical_id, _, properties in of_type(
            resources, "AWS::Logs::MetricFilter", "AWS::Logs::SubscriptionFilter"
        ):
            group = single_reference(properties.get("LogGroupName"))[0]
            pattern = only_value(validator, properties.get("FilterPattern"))
            if not isinstance(pattern, str):
                continue
            path = (logical_id, "Properties", "FilterPattern")
            if pattern.strip().startswith("{") and keys.get(group):
                for field in _json_fields(pattern):
                    if field.partition(".")[0] not in keys[group]:
                        yield _missing(path, field, group, keys[group], "it never matches")
            names = pattern.strip().strip("[]").split(",")
            whole = pattern.strip().startswith("[") and "..." not in pattern
            if whole and len(names) != columns.get(group, len(names)):
                yield RuleFinding(
                    path,
                    f"FilterPattern has {len(names)} columns, and a record of the flow log in {group} "
                    f"{columns[group]}: it never matches. Name every field, or write '...'.",
                )
            listed = [*_json_fields(pattern), *(WAF_FIELDS if group in waf_logs else ())]
            yield from _values(logical_id, properties, pattern.strip(), group, keys.get(group), listed)
        yield from _queries(validator, resources, keys)


def _json_fields(pattern: str) -> list[str]:
    """Return the fields of a pattern for JSON, without those in quotation marks."""
    return list(dict.fromkeys(JSON_FIELD.findall(re.sub(r'"(?:[^"\\]|\\.)*"', "", pattern))))


def _missing(path: Path, field: str, group: str, fields: set[str], effect: str) -> RuleFinding:
    hint = did_you_mean(field.partition(".")[0], sorted(fields))
    return RuleFinding(
        path, f"{path[-1]} uses $.{field}, which the access log of {group} does not contain: {effect}.{hint}"
    )


def _values(
    logical_id: str, properties: Any, pattern: str, group: str, keys: set[str] | None, listed: list[str]
) -> Findings:
    """Yield a finding for each value or dimension of a metric that no record has."""
    columns = re.findall(r"(?:^\[|,)\s*([A-Za-z_]\w*)", pattern)
    for path, text in _read_fields(properties):
        where, field = (logical_id, "Properties", *path), text.removeprefix("$").removeprefix(".")
        if keys and field.partition(".")[0] not in keys:
            yield _missing(where, field, group, keys, "the metric has no data")
        elif columns and field not in columns:
            hint = did_you_mean(field, columns)
            yield RuleFinding(
                where,
                f"{path[-1]} uses {text}, not a column of FilterPattern: the metric has no data.{hint}",
            )
        elif pattern.startswith("{") and field not in listed:
            close = next((name for name in listed if is_slip(field, name)), "")
            if close:
                yield RuleFinding(
                    where, f"{path[-1]} uses {text}, and the field is $.{close}: one is misspelled."
                )


def _read_fields(properties: Any) -> Iterator[tuple[Path, str]]:
    """Yield the fields that the metrics of a filter read, with their paths."""
    for transformation, path in each(properties.get("MetricTransformations"), "MetricTransformations"):
        written = [(value_at(transformation, ("MetricValue",)), "MetricValue")]
        written += [
            (value_at(dimension, ("Value",)), *place, "Value")
            for dimension, place in each(value_at(transformation, ("Dimensions",)), "Dimensions")
        ]
        for text, *place in written:
            if isinstance(text, str) and text.startswith("$"):
                yield (*path, *place), text


def _queries(validator: Validator, resources: Any, keys: dict[str, set[str]]) -> Findings:
    """Yield a finding for each field of a saved query that no access log of its log groups contains."""
    for logical_id, _, properties in of_type(resources, "AWS::Logs::QueryDefinition"):
        groups = [single_reference(group)[0] for group, _ in each(properties.get("LogGroupNames"))]
        if not groups or not all(keys.get(group) for group in groups):
            continue
        logged = set().union(*(keys[group] for group in groups))
        for text in document_texts(validator, properties.get("QueryString")):
            for field in _fields_read(text):
                if field in logged:
                    continue
                hint = did_you_mean(field, sorted(logged))
                yield RuleFinding(
                    (logical_id, "Properties", "QueryString"),
                    f"QueryString reads {field}, which the access log of {' and '.join(groups)} does not "
                    f"contain: the column stays empty.{hint}",
                )


def _fields_read(query: str) -> list[str]:
    """Return the fields that the commands fields of a query list, without those that the query defines."""
    defined = set(re.findall(r"\bas\s+(\w+)", query)) | set(re.findall(r"(\w+)\s*=[^=~]", query))
    names: list[str] = []
    for listed in re.findall(r"(?m)(?:^|\|)\s*fields\s+([^|]+?)\s*(?=\||$)", query):
        names += [name.strip() for name in listed.split(",")]
    return [
        name for name in dict.fromkeys(names) if re.fullmatch(r"[A-Za-z]\w*", name) and name not in defined
    ]


def _logged_fields(validator: Validator, resources: Any) -> dict[str, set[str]]:
    """Return the fields of the access logs of stages, by log group; none if they are not known."""
    fields: dict[str, set[str]] = {}
    for _, _, properties in of_type(resources, "AWS::ApiGateway::Stage", "AWS::ApiGatewayV2::Stage"):
        log = properties.get("AccessLogSetting", properties.get("AccessLogSettings"))
        if not isinstance(log, dict):
            continue
        group = single_reference(log.get("DestinationArn"))[0]
        if not group:
            continue
        formats = document_texts(validator, log.get("Format"))
        if not formats or not all(text.strip().startswith("{") and is_complete(text) for text in formats):
            fields[group] = set()
            continue
        for text in formats:
            fields.setdefault(group, set()).update(re.findall(r'"([^"]+)"\s*:', text))
    return fields


def _columns(validator: Validator, resources: Any) -> dict[str, int]:
    """Return the number of fields of flow log records, by log group."""
    columns = {}
    for _, _, properties in of_type(resources, "AWS::EC2::FlowLog"):
        group = single_reference(properties.get("LogGroupName"))[0]
        text = only_value(validator, properties.get("LogFormat", " ".join(["${f}"] * DEFAULT_FIELDS)))
        if group and isinstance(text, str):
            columns[group] = len(re.findall(r"\$\{[^}]*\}", text))
    return columns
