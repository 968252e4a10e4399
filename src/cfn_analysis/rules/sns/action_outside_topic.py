from typing import Any

from cfn_analysis.rules.support.documents import documents, each
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.words import words

ACTIONS = words("""
    addpermission deletetopic getdataprotectionpolicy gettopicattributes listsubscriptionsbytopic
    listtagsforresource publish putdataprotectionpolicy receive removepermission settopicattributes subscribe
""")


class ActionOutsideTopic(Rule):
    """Topic policy with an action that topics do not support.

    The policy of a topic supports the actions on that topic: sns:Publish, sns:Subscribe and a few others. SNS
    refuses sns:*, which includes actions on the account, and the actions of other services: 'Policy statement
    action out of service scope!'. List the actions.
    """

    id = "E9730"
    source_url = (
        "https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-language-api-permissions-reference.html"
    )
    fault_class = "values"
    looks_at = ("Resources/AWS::SNS::TopicPolicy/Properties/PolicyDocument",)

    def faults(self, validator: Validator, document: Any) -> Faults:
        for statement, path in documents(document):
            for action, place in each(statement.get("Action"), *path, "Action"):
                service, _, name = action.lower().partition(":") if isinstance(action, str) else ("", "", "")
                wild = "*" in name and name != "*"
                if service and not wild and (service != "sns" or name not in ACTIONS):
                    yield Fault(
                        place,
                        f"Action is {action}, which the policy of a topic does not support: SNS refuses it. "
                        "List the actions, such as sns:Publish.",
                    )
