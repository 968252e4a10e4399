import re
from typing import Any

from cfn_analysis.rules.support.documents import document_texts, each
from cfn_analysis.rules.support.references import is_complete, single_reference
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.scenarios import only_value
from cfn_analysis.rules.support.values import of_type
from cfn_analysis.rules.support.words import did_you_mean

DEFAULT_FIELDS = 14  # of a flow log without LogFormat


class FilterOfMissingField(Rule):
    """Filter pattern or saved query that does not fit the format of its log.

    A filter on the access log of a stage matches the keys of AccessLogSetting.Format, and one on a flow log
    needs a name for every field of LogFormat, or '...' for the rest. With another key, or another number of
    columns, it is deployed but never matches: its metric does not have data, and its alarm never fires. So
    does the column of a saved query on a key that the access log does not have.
    """

    id = "E9663"
    source_url = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html"
    fault_class = "documents"

    def faults(self, validator: Validator, resources: Any) -> Faults:
        keys, columns = _logged_fields(validator, resources), _columns(validator, resources)
        for logical_id, _, properties in of_type(
            resources, "AWS::Logs::MetricFilter", "AWS::Logs::SubscriptionFilter"
        ):
            group = single_reference(properties.get("LogGroupName"))[0]
            pattern = only_value(validator, properties.get("FilterPattern"))
            if not isinstance(pattern, str):
                continue
            path = (logical_id, "Properties", "FilterPattern")
            if pattern.strip().startswith("{") and keys.get(group):
                bare = re.sub(r'"(?:[^"\\]|\\.)*"', "", pattern)
                for field in dict.fromkeys(re.findall(r"\$\.([A-Za-z_][\w-]*)", bare)):
                    if field not in keys[group]:
                        hint = did_you_mean(field, sorted(keys[group]))
                        yield Fault(
                            path,
                            f"FilterPattern uses $.{field}, which the access log of {group} does not "
                            f"contain: it never matches.{hint}",
                        )
            names = pattern.strip().strip("[]").split(",")
            whole = pattern.strip().startswith("[") and "..." not in pattern
            if whole and len(names) != columns.get(group, len(names)):
                yield Fault(
                    path,
                    f"FilterPattern has {len(names)} columns, and a record of the flow log in {group} "
                    f"{columns[group]}: it never matches. Name every field, or write '...'.",
                )
        yield from _queries(validator, resources, keys)


def _queries(validator: Validator, resources: Any, keys: dict[str, set[str]]) -> Faults:
    """Yield a fault for each field of a saved query that no access log of its log groups contains."""
    for logical_id, _, properties in of_type(resources, "AWS::Logs::QueryDefinition"):
        groups = [single_reference(one)[0] for one, _ in each(properties.get("LogGroupNames"))]
        if not groups or not all(keys.get(group) for group in groups):
            continue
        known = set().union(*(keys[group] for group in groups))
        for text in document_texts(validator, properties.get("QueryString")):
            made = set(re.findall(r"\bas\s+(\w+)", text)) | set(re.findall(r"(\w+)\s*=[^=~]", text))
            listed = re.findall(r"(?m)(?:^|\|)\s*fields\s+([^|]+?)\s*(?=\||$)", text)
            for field in dict.fromkeys(one.strip() for part in listed for one in part.split(",")):
                if re.fullmatch(r"[A-Za-z]\w*", field) and field not in known | made:
                    hint = did_you_mean(field, sorted(known))
                    yield Fault(
                        (logical_id, "Properties", "QueryString"),
                        f"QueryString reads {field}, which the access log of {' and '.join(groups)} does not "
                        f"contain: the column stays empty.{hint}",
                    )


def _logged_fields(validator: Validator, resources: Any) -> dict[str, set[str]]:
    """Return the fields of the access logs of stages, by log group."""
    found: dict[str, set[str]] = {}
    for _, _, properties in of_type(resources, "AWS::ApiGateway::Stage", "AWS::ApiGatewayV2::Stage"):
        log = properties.get("AccessLogSetting", properties.get("AccessLogSettings"))
        log = log if isinstance(log, dict) else {}
        group = single_reference(log.get("DestinationArn"))[0]
        formats = document_texts(validator, log.get("Format"))
        if group and formats and all(text.strip().startswith("{") and is_complete(text) for text in formats):
            for text in formats:
                found.setdefault(group, set()).update(re.findall(r'"([^"]+)"\s*:', text))
        elif group:
            found[group] = set()
    return found


def _columns(validator: Validator, resources: Any) -> dict[str, int]:
    """Return the number of fields of flow log records, by log group."""
    found = {}
    for _, _, properties in of_type(resources, "AWS::EC2::FlowLog"):
        group = single_reference(properties.get("LogGroupName"))[0]
        text = only_value(validator, properties.get("LogFormat", " ".join(["${f}"] * DEFAULT_FIELDS)))
        if group and isinstance(text, str):
            found[group] = len(re.findall(r"\$\{[^}]*\}", text))
    return found
