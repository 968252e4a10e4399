from typing import Any

from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.scenarios import only_value
from cfn_analysis.rules.support.values import branches, place, show

PATHS: tuple[tuple[str, ...], ...] = (
    ("LifecycleConfiguration", "Rules", "*", "Prefix"),
    ("LoggingConfiguration", "LogFilePrefix"),
    ("ReplicationConfiguration", "Rules", "*", "Prefix"),
    ("ReplicationConfiguration", "Rules", "*", "Filter", "Prefix"),
)


class PrefixWithSlash(Rule):
    """Prefix that begins with a slash.

    Object keys usually do not begin with a slash: logs/today.gz, not /logs/today.gz. A lifecycle or
    replication rule for /logs/ then applies to no object: nothing expires, and nothing is replicated. Log
    files with such a prefix are in a folder without a name. Remove the first slash.
    """

    id = "W9712"
    source_url = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-prefixes.html"
    fault_class = "conditions"
    looks_at = properties_of("AWS::S3::Bucket")

    def faults(self, validator: Validator, properties: Any) -> Faults:
        for path in PATHS:
            for value, case in branches(validator, properties, *path) if path[0] in properties else ():
                text = only_value(case, value)
                if isinstance(text, str) and text.startswith("/"):
                    yield Fault(
                        place(case, validator),
                        f"{path[-1]} is {show(text)}{{when}}, and keys do not begin with a slash. Remove it.",
                        case,
                    )
