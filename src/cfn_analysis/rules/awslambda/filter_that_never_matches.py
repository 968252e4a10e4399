import json
from collections.abc import Iterator
from typing import Any

from cfn_analysis.model.references import value_at
from cfn_analysis.rules.support.documents import document_texts, each
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.targets import targets_of
from cfn_analysis.rules.support.values import of_type

QUEUE, TABLE = "AWS::SQS::Queue", "AWS::DynamoDB::Table"
COMMON = ("awsRegion", "eventSource", "eventSourceARN", "$or")
# Keys of a record.
KEYS = {
    QUEUE: [
        *("body", "messageId", "receiptHandle", "attributes", "messageAttributes"),
        *("md5OfBody", "md5OfMessageAttributes"),
    ],
    TABLE: ["dynamodb", "eventID", "eventName", "eventVersion", "userIdentity", "tableName"],
}
INSTEAD = {QUEUE: "body", TABLE: "dynamodb, with NewImage, OldImage or Keys"}
IMAGES = {"KEYS_ONLY": ("NewImage", "OldImage"), "NEW_IMAGE": ("OldImage",), "OLD_IMAGE": ("NewImage",)}


class FilterThatNeverMatches(Rule):
    """Filter of an event source for what no record holds.

    A filter is about the whole record: what the sender wrote is in body for a queue, and in dynamodb for the
    stream of a table, where StreamViewType decides which images there are. Lambda discards what no filter
    matches, and deletes it from the queue, so a pattern without body loses every message.
    """

    id = "E9575"
    source_url = "https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html"
    fault_class = "documents"

    def faults(self, validator: Validator, resources: Any) -> Faults:
        for logical_id, _, properties in of_type(resources, "AWS::Lambda::EventSourceMapping"):
            source = next(targets_of(resources, properties.get("EventSourceArn"), QUEUE, TABLE), None)
            filters = value_at(properties, ("FilterCriteria", "Filters")) if source else None
            for criterion, path in each(filters, logical_id, "Properties", "FilterCriteria", "Filters"):
                pattern = criterion.get("Pattern") if isinstance(criterion, dict) else None
                for text in document_texts(validator, pattern):
                    for problem in _pattern_problems(text, resources[source]):
                        yield Fault((*path, "Pattern"), problem)


def _pattern_problems(text: str, source: Any) -> Iterator[str]:
    try:
        pattern = json.loads(text)
    except ValueError:
        return
    kind = source["Type"]
    for key in pattern if isinstance(pattern, dict) else ():
        if key not in (*KEYS[kind], *COMMON):
            what = f"Pattern asks for {key}, which no record has"
            yield f"{what}: it never matches. Put it into {INSTEAD[kind]}."
    inside = pattern.get("dynamodb") if isinstance(pattern, dict) and kind == TABLE else None
    view = value_at(source, ("Properties", "StreamSpecification", "StreamViewType"))
    for image in IMAGES.get(view, ()) if isinstance(view, str) else ():
        if isinstance(inside, dict) and image in inside:
            what = f"Pattern asks for {image}, and StreamViewType is {view}"
            yield f"{what}: it never matches. Stream the images too."
