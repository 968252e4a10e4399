from typing import Any

from cfn_analysis.rules.support.references import own_type
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.values import branches, place, values
from cfn_analysis.rules.support.words import did_you_mean

RESPONSES = (
    "ACCESS_DENIED API_CONFIGURATION_ERROR AUTHORIZER_CONFIGURATION_ERROR AUTHORIZER_FAILURE "
    "BAD_REQUEST_BODY BAD_REQUEST_PARAMETERS DEFAULT_4XX DEFAULT_5XX EXPIRED_TOKEN INTEGRATION_FAILURE "
    "INTEGRATION_TIMEOUT INVALID_API_KEY INVALID_SIGNATURE MISSING_AUTHENTICATION_TOKEN QUOTA_EXCEEDED "
    "REQUEST_TOO_LARGE RESOURCE_NOT_FOUND THROTTLED UNAUTHORIZED UNSUPPORTED_MEDIA_TYPE WAF_FILTERED"
)
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html
EVENTS = """
    s3:TestEvent s3:ObjectCreated:* s3:ObjectCreated:Put s3:ObjectCreated:Post s3:ObjectCreated:Copy
    s3:ObjectCreated:CompleteMultipartUpload s3:ObjectRemoved:* s3:ObjectRemoved:Delete
    s3:ObjectRemoved:DeleteMarkerCreated s3:ObjectRestore:* s3:ObjectRestore:Post s3:ObjectRestore:Completed
    s3:ObjectRestore:Delete s3:ReducedRedundancyLostObject s3:Replication:*
    s3:Replication:OperationFailedReplication s3:Replication:OperationMissedThreshold
    s3:Replication:OperationNotTracked s3:Replication:OperationReplicatedAfterThreshold s3:LifecycleTransition
    s3:IntelligentTiering s3:LifecycleExpiration:* s3:LifecycleExpiration:Delete
    s3:LifecycleExpiration:DeleteMarkerCreated s3:ObjectTagging:* s3:ObjectTagging:Put s3:ObjectTagging:Delete
    s3:ObjectAcl:Put s3:ObjectAnnotation:* s3:ObjectAnnotation:Put s3:ObjectAnnotation:Delete
    s3:ObjectRetention:Put
"""
MONITORING = "0 1 5 10 15 30 60"

# Type -> path of a property -> its values by the API reference, where the schema does not list them.
VALUES: dict[str, dict[tuple[str, ...], str]] = {
    "AWS::ApiGateway::Authorizer": {("Type",): "COGNITO_USER_POOLS JWT REQUEST TOKEN"},
    "AWS::ApiGateway::GatewayResponse": {("ResponseType",): RESPONSES},
    "AWS::ApiGateway::Method": {
        ("AuthorizationType",): "AWS_IAM COGNITO_USER_POOLS CUSTOM JWT NONE",
        ("HttpMethod",): "ANY DELETE GET HEAD OPTIONS PATCH POST PUT",
    },
    "AWS::ApiGateway::RestApi": {("ApiKeySourceType",): "AUTHORIZER HEADER"},
    "AWS::ApiGateway::Stage": {
        ("CacheClusterSize",): "0.5 1.6 6.1 13.5 28.4 58.2 118 237",
        ("MethodSettings", "*", "LoggingLevel"): "ERROR INFO OFF",
    },
    "AWS::ApiGateway::UsagePlan": {("Quota", "Period"): "DAY MONTH WEEK"},
    "AWS::EC2::FlowLog": {("MaxAggregationInterval",): "60 600"},
    "AWS::ElasticLoadBalancingV2::TargetGroup": {("ProtocolVersion",): "GRPC HTTP1 HTTP2"},
    "AWS::Logs::DeliveryDestination": {("OutputFormat",): "json parquet plain raw w3c"},
    "AWS::RDS::DBCluster": {("MonitoringInterval",): MONITORING},
    "AWS::RDS::DBInstance": {("MonitoringInterval",): MONITORING},
    "AWS::S3::Bucket": {
        ("NotificationConfiguration", name, "*", "Event"): EVENTS
        for name in ("LambdaConfigurations", "QueueConfigurations", "TopicConfigurations")
    },
    "AWS::SNS::Topic": {("SignatureVersion",): "1 2", ("TracingConfig",): "Active PassThrough"},
}


class ValueThatIsRefused(Rule):
    """Value that the service does not accept.

    For some properties, the schemas contain only the type, and the API of the service lists the allowed
    values: the size of a cache, the type of a gateway response, the interval of a flow log. Other values are
    refused when the stack is deployed.
    """

    id = "E9515"
    source_url = (
        "https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html"
    )
    fault_class = "values"
    looks_at = properties_of(*VALUES)

    def faults(self, validator: Validator, properties: Any) -> Faults:
        for path, listed in VALUES[own_type(validator)].items():
            allowed = listed.split()
            for value, where in branches(validator, properties, *path) if path[0] in properties else ():
                for known, case in values(where, value):
                    if not isinstance(known, (str, int, float)) or f"{known}" in allowed:
                        continue
                    hint = did_you_mean(f"{known}", allowed, 0.8) or f" Allowed are {', '.join(allowed)}."
                    yield Fault(
                        place(where, validator) or path[:1],
                        f"{path[-1]} is {known}{{when}}, which the service refuses.{hint}",
                        case,
                    )
