from collections.abc import Mapping
from typing import Any

from cfn_analysis.rules.support.references import own_type, single_reference, target
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.scenarios import only_value
from cfn_analysis.rules.support.values import branches, place, show

QUEUE, TOPIC, FUNCTION = "AWS::SQS::Queue", "AWS::SNS::Topic", "AWS::Lambda::Function"
STREAM, TABLE, LOG_GROUP = "AWS::Kinesis::Stream", "AWS::DynamoDB::Table", "AWS::Logs::LogGroup"

# Type of the resource: the attributes that are not an ARN (Ref has none), and the one that is.
NO_ARN: dict[str, tuple[tuple[str, ...], str]] = {
    QUEUE: (("", "QueueName", "QueueUrl"), "Fn::GetAtt {}.Arn"),
    TOPIC: (("TopicName",), "Ref {}"),
    FUNCTION: (("",), "Fn::GetAtt {}.Arn"),
    STREAM: (("",), "Fn::GetAtt {}.Arn"),
    LOG_GROUP: (("",), "Fn::GetAtt {}.Arn"),
    "AWS::StepFunctions::StateMachine": (("Name",), "Ref {}"),
    "AWS::KinesisFirehose::DeliveryStream": (("",), "Fn::GetAtt {}.Arn"),
    "AWS::ElasticLoadBalancingV2::TargetGroup": (("TargetGroupName", "TargetGroupFullName"), "Ref {}"),
    "AWS::WAFv2::WebACL": (("", "Id"), "Fn::GetAtt {}.Arn"),
}
NO_STREAM: dict[str, tuple[tuple[str, ...], str]] = {
    **NO_ARN,
    TABLE: (("", "Arn"), "Fn::GetAtt {}.StreamArn"),
}
NO_URL: dict[str, tuple[tuple[str, ...], str]] = {QUEUE: (("Arn", "QueueName"), "Ref {}")}
# A subscription's endpoint of another protocol may be anything.
NO_ENDPOINT = {kind: NO_ARN[kind] for kind in (QUEUE, FUNCTION)}

Forms = tuple[tuple[tuple[str, ...], "Mapping[str, tuple[tuple[str, ...], str]]"], ...]
ACTIONS: Forms = tuple(
    ((name, "*"), NO_ARN) for name in ("AlarmActions", "OKActions", "InsufficientDataActions")
)
NOTIFICATION = "NotificationConfiguration"

# Type: where it refers to something, and what is wrong there.
PLACES: dict[str, Forms] = {
    "AWS::CloudWatch::Alarm": ACTIONS,
    "AWS::CloudWatch::CompositeAlarm": ACTIONS,
    "AWS::ApiGateway::Stage": ((("AccessLogSetting", "DestinationArn"), NO_ARN),),
    "AWS::ElasticLoadBalancingV2::Listener": ((("DefaultActions", "*", "TargetGroupArn"), NO_ARN),),
    "AWS::ElasticLoadBalancingV2::ListenerRule": ((("Actions", "*", "TargetGroupArn"), NO_ARN),),
    "AWS::Events::Rule": (
        (("Targets", "*", "Arn"), NO_ARN),
        (("Targets", "*", "DeadLetterConfig", "Arn"), NO_ARN),
    ),
    "AWS::Lambda::EventSourceMapping": ((("EventSourceArn",), NO_STREAM),),
    FUNCTION: ((("DeadLetterConfig", "TargetArn"), NO_ARN),),
    "AWS::Logs::SubscriptionFilter": ((("DestinationArn",), NO_ARN),),
    "AWS::RDS::EventSubscription": ((("SnsTopicArn",), NO_ARN),),
    "AWS::S3::Bucket": (
        ((NOTIFICATION, "LambdaConfigurations", "*", "Function"), NO_ARN),
        ((NOTIFICATION, "QueueConfigurations", "*", "Queue"), NO_ARN),
        ((NOTIFICATION, "TopicConfigurations", "*", "Topic"), NO_ARN),
    ),
    "AWS::SNS::Subscription": ((("TopicArn",), NO_ARN), (("Endpoint",), NO_ENDPOINT)),
    "AWS::SNS::TopicPolicy": ((("Topics", "*"), NO_ARN),),
    "AWS::SQS::QueuePolicy": ((("Queues", "*"), NO_URL),),
    "AWS::WAFv2::LoggingConfiguration": ((("ResourceArn",), NO_ARN),),
    "AWS::WAFv2::WebACLAssociation": ((("WebACLArn",), NO_ARN),),
}

# SourceType of an event subscription: the type whose Ref is a source.
SOURCES = {"db-instance": "AWS::RDS::DBInstance", "db-cluster": "AWS::RDS::DBCluster"}


class ReferenceInAnotherForm(Rule):
    """Reference that returns a name, an ID or a URL where an ARN is required, or the reverse.

    Ref returns the URL of a queue, the name of a function, a stream, a table or a log group, and the ARN of a
    topic. If a property requires another form, the deployment fails, or the property names something that
    does not exist. Queues of a queue policy requires URLs. SourceIds of an RDS event subscription requires
    the identifiers of the resources that SourceType specifies.
    """

    id = "E9513"
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-ref.html"
    fault_class = "names"
    looks_at = properties_of(*PLACES)

    def faults(self, validator: Validator, properties: Any) -> Faults:
        kind = own_type(validator)
        for path, forms in PLACES[kind]:
            for value, case in branches(validator, properties, *path) if path[0] in properties else ():
                logical_id, attribute = single_reference(value)
                of_type = target(case, value, *forms)[0] and case.context.resources[logical_id].type
                wrong, right = forms.get(of_type or "", ((), ""))
                if attribute in wrong and of_type:
                    yield Fault(
                        place(case, validator),
                        f"{path[-1] if path[-1] != '*' else path[0]} is {show(value)}{{when}}, which is not "
                        f"the form of an {of_type} that it requires. Write {right.format(logical_id)}.",
                        case,
                    )
        if kind == "AWS::RDS::EventSubscription":
            yield from _sources(validator, properties)


def _sources(validator: Validator, properties: Any) -> Faults:
    source = str(only_value(validator, properties.get("SourceType")))
    for value, case in branches(validator, properties, "SourceIds", "*") if source in SOURCES else ():
        logical_id, attribute = single_reference(value)
        found = target(case, value, *SOURCES.values())[0] and case.context.resources[logical_id].type
        if found and (attribute or found != SOURCES[source]):
            yield Fault(
                place(case, validator),
                f"SourceIds has {show(value)}{{when}}, and SourceType is {source}: it requires the "
                f"identifier of an {SOURCES[source]}, which Ref returns.",
                case,
            )
