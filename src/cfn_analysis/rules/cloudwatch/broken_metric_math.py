import re
from collections.abc import Iterator
from typing import Any

from cfn_analysis.rules.support.references import sub_text
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator, properties_of
from cfn_analysis.rules.support.scenarios import only_value, property_scenarios
from cfn_analysis.rules.support.values import existing, is_true

BANDS = ("LessThanLowerOrGreaterThanUpperThreshold", "LessThanLowerThreshold", "GreaterThanUpperThreshold")
NAMES = ("Metrics", "ComparisonOperator", "ThresholdMetricId", "Threshold")


class BrokenMetricMath(Rule):
    """Alarm on an expression that CloudWatch rejects.

    An expression refers to the metrics of the alarm by their Id. Exactly one entry of Metrics has ReturnData
    true, and the alarm watches it. An alarm on an anomaly detection band is different: the metric and the
    band have ReturnData true, ThresholdMetricId is the Id of the band, the operator is one for bands, and
    there is no Threshold.
    """

    id = "E9619"
    source_url = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataQuery.html"
    finding_class = "alarms"
    looks_at = properties_of("AWS::CloudWatch::Alarm")

    def findings(self, validator: Validator, properties: Any) -> Findings:
        if not isinstance(properties.get("Metrics"), list):
            return
        for alarm, case in property_scenarios(validator, properties, *NAMES):
            queries = alarm.get("Metrics")
            if isinstance(queries, list) and all(isinstance(query, dict) for query in queries):
                for name, problem in _problems(case, alarm, queries):
                    yield RuleFinding(existing(properties, (name,)), problem, case)


def _problems(case: Validator, alarm: Any, queries: list[Any]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong, with the property in which it is."""
    values_of_id = [only_value(case, query.get("Id")) for query in queries]
    ids = [query_id for query_id in values_of_id if isinstance(query_id, str)]
    if len(ids) < len(queries):
        return  # one is not known
    for query in queries:
        for problem in _expression_problems(sub_text(query.get("Expression")) or "", ids):
            yield "Metrics", problem
    if "ThresholdMetricId" not in alarm:
        for problem in _returned_problems(case, queries, ids):
            yield "Metrics", problem
    yield from _band_problems(case, alarm, ids)


def _expression_problems(expression: str, ids: list[str]) -> Iterator[str]:
    """Yield an unknown Id, and a comparison with one sign."""
    for name in _used_ids(expression):
        if name not in ids:
            yield (
                f"Expression {expression} uses {name}{{when}}, which is not the Id of an entry: "
                f"CloudWatch refuses the alarm. The Ids are {', '.join(ids)}."
            )
    if re.search(r"(?<![=<>!])=(?!=)", _without_texts(expression)) and not _is_query(expression):
        yield f"Expression {expression} has a single =: CloudWatch refuses the alarm. Write ==."


def _returned_problems(case: Validator, queries: list[Any], ids: list[str]) -> Iterator[str]:
    """Yield a ReturnData that is not true for exactly one entry."""
    return_data = [only_value(case, query.get("ReturnData", True)) for query in queries]
    returned = [query_id for query_id, value in zip(ids, return_data, strict=True) if is_true(value)]
    if len(returned) != 1 and None not in return_data:
        yield (
            f"ReturnData is true for {' and '.join(returned) or 'no entry'}{{when}}, also where it "
            "is left out: CloudWatch refuses the alarm. Set it to true for the one that the alarm watches "
            "and to false for the others."
        )


def _band_problems(case: Validator, alarm: Any, ids: list[str]) -> Iterator[tuple[str, str]]:
    """Yield an operator and a ThresholdMetricId that do not fit, with the property."""
    band = only_value(case, alarm.get("ThresholdMetricId"))
    operator = only_value(case, alarm.get("ComparisonOperator"))
    if operator in BANDS and "ThresholdMetricId" not in alarm:
        yield (
            "ComparisonOperator",
            f"ComparisonOperator is {operator}{{when}}, and ThresholdMetricId is missing: CloudWatch refuses "
            "the alarm. Set it to the Id of the ANOMALY_DETECTION_BAND, and leave out Threshold.",
        )
    if isinstance(band, str) and band not in ids:
        yield "ThresholdMetricId", f"ThresholdMetricId is {band}{{when}}, which is not the Id of an entry."
    if "ThresholdMetricId" in alarm and isinstance(operator, str) and operator not in BANDS:
        yield (
            "ComparisonOperator",
            f"ComparisonOperator is {operator}{{when}}, and ThresholdMetricId is set: CloudWatch refuses the "
            f"alarm. Use one of {', '.join(BANDS)}.",
        )


def _is_query(expression: str) -> bool:
    return re.match(r"\s*SELECT\b", expression, re.IGNORECASE) is not None


def _used_ids(expression: str) -> list[str]:
    """Return the IDs in an expression; none of a query, whose names are others'."""
    if "${" in expression or _is_query(expression):
        return []
    return list(dict.fromkeys(re.findall(r"(?<![\w.])[a-z]\w*(?!\w|\s*\()", _without_texts(expression))))


def _without_texts(expression: str) -> str:
    """Return an expression without the texts in quotation marks, also in typographic ones."""
    return re.sub(r"'[^']*'|\"[^\"]*\"|\u2018[^\u2019]*\u2019|\u201c[^\u201d]*\u201d", "", expression)
