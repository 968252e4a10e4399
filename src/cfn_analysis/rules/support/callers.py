"""The services that use a function, queue, topic, bucket or key of the template by its resource policy."""

from collections.abc import Iterator
from functools import partial
from typing import Any, NamedTuple

from cfnlint.jsonschema import Validator

from cfn_analysis.rules.support.references import first_id, ids_in, sub_text
from cfn_analysis.rules.support.targets import BUCKET, FUNCTIONS, KEY, QUEUE, TOPIC, key_id
from cfn_analysis.rules.support.values import Path, branches, case_of, memory, of_type, place

Rights = dict[str, tuple[str, ...]]

# Type of the target -> what a service needs unless its row says otherwise.
RIGHTS: dict[str, Rights] = {
    **{key: {"lambda:InvokeFunction": ("lambda:InvokeFunction",)} for key in FUNCTIONS},
    QUEUE: {"sqs:SendMessage": ("sqs:SendMessage",)},
    TOPIC: {"sns:Publish": ("sns:Publish",)},
    BUCKET: {"s3:PutObject": ("s3:PutObject",)},
}
DECRYPT: Rights = {"kms:Decrypt": ("kms:Decrypt",)}
DATA_KEY: Rights = {"kms:GenerateDataKey*": ("kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext")}
BOTH = DECRYPT | DATA_KEY


class Caller(NamedTuple):
    """A property in which a service finds what it calls."""

    kind: str
    """Type of the resource."""
    path: str
    """Path of the property; ``*`` is every item, or every property."""
    service: str
    """The principal up to its first dot; empty for any."""
    effect: str
    """What happens without the permission."""
    targets: tuple[str, ...] = FUNCTIONS
    source: str = ""
    """The property beside it with the resource for which the service calls, ``/`` before one of the resource.

    Empty if it calls for the resource itself, ``-`` if the source is not known.
    """
    role: str = ""
    """The property beside it with a role, which the service uses instead."""
    only_with: str = ""
    """The property beside it without which the service does not call, or ``Key=value``."""
    rights: Rights | None = None
    default: bool = False
    """Whether the policy that a topic has by default allows the service."""
    checked: bool = False
    """Whether the service tries the call when the resource is created."""
    key_rights: Rights | None = BOTH
    """What the service needs on the key of the target; None if it cannot use an encrypted target."""


class Called(NamedTuple):
    """What a service calls in one case."""

    caller: Caller
    path: Path
    """Path of the property from the resources."""
    target: str
    source: str
    properties: Any
    """Of the resource."""
    case: Validator


ALARM_ACTIONS = ("AlarmActions", "OKActions", "InsufficientDataActions")
EVENT, MESSAGE = "every event is lost", "every message is lost"
DEAD = "what cannot be delivered is lost"
REFUSED, UNAVAILABLE = "the resource is refused", "every request gets 500"
SENT = (QUEUE, TOPIC)
NOTIFICATION = partial(Caller, "AWS::S3::Bucket", service="s3.", effect="S3 refuses the bucket", checked=True)
PUBLISHED = partial(Caller, targets=(TOPIC,))
TRIGGERS = (
    *(
        "CreateAuthChallenge",
        "CustomMessage",
        "DefineAuthChallenge",
        "PostAuthentication",
        "PostConfirmation",
    ),
    *("PreAuthentication", "PreSignUp", "PreTokenGeneration", "UserMigration", "VerifyAuthChallengeResponse"),
    *("CustomEmailSender/LambdaArn", "CustomSMSSender/LambdaArn", "PreTokenGenerationConfig/LambdaArn"),
)
API, HTTP_API = "AWS::ApiGateway", "AWS::ApiGatewayV2"
CALLERS = (
    # https://docs.aws.amazon.com/lambda/latest/dg/services-apigateway.html#apigateway-permissions
    Caller(
        f"{API}::Method",
        "Integration/Uri",
        "apigateway.",
        UNAVAILABLE,
        role="Credentials",
        source="/RestApiId",
    ),
    Caller(
        f"{API}::Authorizer",
        "AuthorizerUri",
        "apigateway.",
        UNAVAILABLE,
        role="AuthorizerCredentials",
        source="RestApiId",
    ),
    Caller(
        f"{HTTP_API}::Integration",
        "IntegrationUri",
        "apigateway.",
        UNAVAILABLE,
        role="CredentialsArn",
        source="ApiId",
    ),
    Caller(
        f"{HTTP_API}::Authorizer",
        "AuthorizerUri",
        "apigateway.",
        UNAVAILABLE,
        role="AuthorizerCredentialsArn",
        source="ApiId",
    ),
    Caller(f"{HTTP_API}::Api", "Target", "apigateway.", UNAVAILABLE, role="CredentialsArn"),
    # https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-working-with-lambda-triggers.html
    *(
        Caller(
            "AWS::Cognito::UserPool", f"LambdaConfig/{name}", "cognito-idp.", "the sign-in or sign-up fails"
        )
        for name in TRIGGERS
    ),
    # https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets-required-permissions-function.html
    Caller(
        "AWS::SecretsManager::RotationSchedule",
        "RotationLambdaARN",
        "secretsmanager.",
        REFUSED,
        source="SecretId",
        checked=True,
    ),
    # https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
    Caller(
        "AWS::ElasticLoadBalancingV2::TargetGroup",
        "Targets/*/Id",
        "elasticloadbalancing.",
        REFUSED,
        checked=True,
    ),
    # https://docs.aws.amazon.com/config/latest/developerguide/evaluate-config_develop-rules_lambda-functions.html
    Caller("AWS::Config::ConfigRule", "Source/SourceIdentifier", "config.", REFUSED, checked=True),
    # https://docs.aws.amazon.com/iot/latest/developerguide/lambda-rule-action.html
    Caller("AWS::IoT::TopicRule", "TopicRulePayload/Actions/*/Lambda/FunctionArn", "iot.", MESSAGE),
    # https://docs.aws.amazon.com/ses/latest/dg/receiving-email-permissions.html
    Caller("AWS::SES::ReceiptRule", "Rule/Actions/*/LambdaAction/FunctionArn", "ses.", REFUSED, checked=True),
    Caller(
        "AWS::SES::ReceiptRule",
        "Rule/Actions/*/S3Action/BucketName",
        "ses.",
        REFUSED,
        (BUCKET,),
        role="IamRoleArn",
        checked=True,
    ),
    # https://docs.aws.amazon.com/bedrock/latest/userguide/agents-permissions.html
    Caller(
        "AWS::Bedrock::Agent", "ActionGroups/*/ActionGroupExecutor/Lambda", "bedrock.", "every action fails"
    ),
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html#LambdaFunctionExample
    Caller("AWS::Logs::SubscriptionFilter", "DestinationArn", "logs.", REFUSED, source="-", checked=True),
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html
    NOTIFICATION("NotificationConfiguration/LambdaConfigurations/*/Function"),
    NOTIFICATION("NotificationConfiguration/QueueConfigurations/*/Queue", targets=(QUEUE,)),
    NOTIFICATION("NotificationConfiguration/TopicConfigurations/*/Topic", targets=(TOPIC,)),
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/configure-inventory.html
    *(
        Caller("AWS::S3::Bucket", path, "s3.", "no report is written", (BUCKET,))
        for path in (
            "InventoryConfigurations/*/Destination/BucketArn",
            "AnalyticsConfigurations/*/StorageClassAnalysis/DataExport/Destination/BucketArn",
        )
    ),
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
    Caller(
        "AWS::S3::Bucket",
        "LoggingConfiguration/DestinationBucketName",
        "logging.s3.",
        "no log is written",
        (BUCKET,),
        key_rights=None,
    ),
    # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
    Caller("AWS::Events::Rule", "Targets/*/Arn", "events.", EVENT, (*FUNCTIONS, *SENT), role="RoleArn"),
    Caller("AWS::Events::Rule", "Targets/*/DeadLetterConfig/Arn", "events.", DEAD, (QUEUE,)),
    # https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html
    *(
        Caller(kind, path, "sns.", effect, (*FUNCTIONS, QUEUE), source)
        for kind, path, effect, source in (
            ("AWS::SNS::Subscription", "Endpoint", MESSAGE, "TopicArn"),
            ("AWS::SNS::Subscription", "RedrivePolicy/deadLetterTargetArn", DEAD, "/TopicArn"),
            (TOPIC, "Subscription/*/Endpoint", MESSAGE, ""),
        )
    ),
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions.html
    *(
        Caller(
            f"AWS::CloudWatch::{kind}", f"{path}/*", service, "its alarms reach no one", targets, default=True
        )
        for kind in ("Alarm", "CompositeAlarm")
        for path in ALARM_ACTIONS
        for service, targets in (("cloudwatch.", (TOPIC,)), ("lambda.alarms.cloudwatch.", FUNCTIONS))
    ),
    # https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_Events.GrantingPermissions.html
    PUBLISHED("AWS::RDS::EventSubscription", "SnsTopicArn", "events.rds.", EVENT, default=True),
    # https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html
    PUBLISHED(
        "AWS::Budgets::Budget", "NotificationsWithSubscribers/*/Subscribers/*/Address", "budgets.", MESSAGE
    ),
    # https://docs.aws.amazon.com/dtconsole/latest/userguide/set-up-sns.html
    PUBLISHED(
        "AWS::CodeStarNotifications::NotificationRule",
        "Targets/*/TargetAddress",
        "codestar-notifications.",
        MESSAGE,
    ),
    # https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html
    PUBLISHED("AWS::CloudTrail::Trail", "SnsTopicName", "cloudtrail.", REFUSED, checked=True),
    Caller(
        "AWS::CloudTrail::Trail",
        "S3BucketName",
        "cloudtrail.",
        REFUSED,
        (BUCKET,),
        checked=True,
        rights={"s3:GetBucketAcl": ("s3:GetBucketAcl",), **RIGHTS[BUCKET]},
        key_rights=DATA_KEY,
    ),
    Caller(
        "AWS::CloudTrail::Trail", "KMSKeyId", "cloudtrail.", REFUSED, (KEY,), rights=DATA_KEY, checked=True
    ),
    # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
    Caller(
        "AWS::CloudFront::Distribution",
        "DistributionConfig/Origins/*/DomainName",
        "cloudfront.",
        "every object returns 403",
        (BUCKET,),
        only_with="OriginAccessControlId",
        rights={"s3:GetObject": ("s3:GetObject",)},
        key_rights=DECRYPT,
    ),
    # https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
    Caller(
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "LoadBalancerAttributes/*/Value",
        "",
        REFUSED,
        (BUCKET,),
        only_with="Key=access_logs.s3.bucket",
        checked=True,
    ),
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    Caller(
        "AWS::Logs::LogGroup",
        "KmsKeyId",
        "logs.",
        "the log group cannot be created",
        (KEY,),
        rights=BOTH,
        checked=True,
    ),
)


def called(validator: Validator, resources: Any) -> list[Called]:
    """Return what the services call in a template."""
    cache = memory(validator.cfn)
    if "called" not in cache:
        cache["called"] = [
            call
            for caller in CALLERS
            for logical_id, resource, properties in of_type(resources, caller.kind)
            if (case := case_of(validator, resource))
            for call in _calls(case, resources, caller, logical_id, properties)
        ]
    calls: list[Called] = cache["called"]
    return calls


def _calls(
    case: Validator, resources: Any, caller: Caller, logical_id: str, properties: Any
) -> Iterator[Called]:
    *above, last = caller.path.split("/")
    if above[:1] and above[0] not in properties:
        return
    if last == "*":
        above, last = [], caller.path
    for parent, where in branches(case, properties, *above):
        if not isinstance(parent, dict) or (caller.role and parent.get(caller.role)):
            continue
        key, _, wanted = caller.only_with.partition("=")
        if key and (not parent.get(key) or (wanted and parent[key] != wanted)):
            continue
        source = _source(caller.source, logical_id, parent, properties)
        for value, there in branches(where, parent, *last.split("/")):
            target = _target(resources, value, caller.targets)
            if target and (exists := case_of(there, resources[target])):
                path = (logical_id, "Properties", *place(there, case))
                yield Called(caller, path, target, source, properties, exists)


def _source(name: str, logical_id: str, parent: Any, properties: Any) -> str:
    if not name or name == "-":
        return "" if name else logical_id
    value = properties.get(name[1:]) if name.startswith("/") else parent.get(name)
    return first_id(sub_text(value) or "")


def _target(resources: Any, value: Any, types: tuple[str, ...]) -> str:
    """Return the resource of these types to which a value refers, by itself or in an ARN or address."""
    if types == (KEY,):
        return key_id(resources, value)
    named = ids_in(sub_text(value) or "")
    return next((name for name in named if resources.get(name, {}).get("Type") in types), "")
