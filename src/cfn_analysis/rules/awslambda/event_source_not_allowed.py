from typing import Any

from cfn_analysis.rules.support.grants import missing
from cfn_analysis.rules.support.lambdas import FUNCTION, called_function
from cfn_analysis.rules.support.references import find_resource, single_reference
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of

# ARN part of the event source -> actions that its mapping needs.
ACTIONS = {
    "AWS::SQS::Queue": ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
    "AWS::Kinesis::Stream": ("kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:DescribeStream"),
    "AWS::DynamoDB::Table": ("dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:DescribeStream"),
}


class EventSourceNotAllowed(Rule):
    """Event source that the function's role cannot read.

    Lambda polls a queue or a stream with the role of the function. Without the permissions, the mapping is
    refused: 'The provided execution role does not have permissions to call ReceiveMessage on SQS'.
    """

    id = "E9566"
    source_url = (
        "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html#events-sqs-permissions"
    )
    fault_class = "rights"
    looks_at = properties_of("AWS::Lambda::EventSourceMapping")

    def faults(self, validator: Validator, properties: Any) -> Faults:
        function, _ = called_function(validator, properties.get("FunctionName"))
        _, found = find_resource(validator, function, FUNCTION)
        source, _ = single_reference(properties.get("EventSourceArn"))
        kind = validator.cfn.template["Resources"].get(source, {}).get("Type")
        if not function or kind not in ACTIONS:
            return
        for role, absent, case in missing(validator, found.get("Role"), ACTIONS[kind]):
            yield Fault(
                ("EventSourceArn",),
                f"{role}, the role of {function}, does not allow {' and '.join(absent)}{{when}}: Lambda "
                f"refuses the mapping from {source}. Allow it.",
                case,
            )
