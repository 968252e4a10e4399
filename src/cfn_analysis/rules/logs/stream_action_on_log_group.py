import re
from typing import Any

from cfn_analysis.rules.support.documents import IDENTITY_POLICIES, documents, each
from cfn_analysis.rules.support.references import plain, sub_text
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator

ACTIONS = ("logs:deletelogstream", "logs:getlogevents", "logs:putlogevents")
GROUP = re.compile(r"arn:[^:]+:logs:[^:]*:[^:]*:log-group:[^:*]+$")


class StreamActionOnLogGroup(Rule):
    """Permission on log streams that names only the log group.

    IAM authorizes PutLogEvents and GetLogEvents on log streams. The ARN of a log stream begins with the ARN
    of its log group. An ARN that ends with the name of the log group matches no log stream: nothing is
    written, often without an error. Add :* to the ARN, or use Fn::GetAtt of the log group's Arn.
    """

    id = "E9668"
    source_url = "https://docs.aws.amazon.com/service-authorization/latest/reference/list_logs.html"
    fault_class = "rights"
    looks_at = IDENTITY_POLICIES

    def faults(self, validator: Validator, policy: Any) -> Faults:
        for statement, path in documents(policy):
            acts = [str(item) for item, _ in each(statement.get("Action")) if str(item).lower() in ACTIONS]
            found = [sub_text(item) for item, _ in each(statement.get("Resource"))] if acts else []
            if found and all(text is not None and GROUP.fullmatch(plain(text)) for text in found):
                yield Fault(
                    (*path, "Resource"),
                    f"Resource is {found[0]}, a log group, and {acts[0]} applies to log streams: it is never "
                    "allowed. Add :* to the ARN.",
                )
