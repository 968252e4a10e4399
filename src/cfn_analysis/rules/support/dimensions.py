"""The sets of dimensions by which services report their metrics."""

from collections.abc import Iterable

from cfn_analysis.rules.support.words import rows, words

# Namespace, or some of its metrics, and the sets of dimensions, the most useful first; "-" is none.
TABLE = """
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html
AWS/ApiGateway: ApiName | ApiName Stage | ApiName Method Resource Stage | ApiId | ApiId Stage \
    | ApiId Method Resource Stage | ApiId Route | ApiId Route Stage
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
AWS/ApplicationELB: LoadBalancer | LoadBalancer TargetGroup | AvailabilityZone LoadBalancer \
    | AvailabilityZone LoadBalancer TargetGroup
AWS/ApplicationELB HealthyHostCount UnHealthyHostCount: LoadBalancer TargetGroup \
    | AvailabilityZone LoadBalancer TargetGroup
AWS/ApplicationELB AnomalousHostCount MitigatedHostCount RequestCountPerTarget: TargetGroup \
    | LoadBalancer TargetGroup | AvailabilityZone TargetGroup | AvailabilityZone LoadBalancer TargetGroup
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/programming-cloudwatch-metrics.html
AWS/CloudFront: DistributionId Region | FunctionName Region
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html
AWS/DynamoDB: TableName | GlobalSecondaryIndexName TableName | Operation TableName \
    | ReceivingRegion TableName | DelegatedOperation TableName | Operation StreamLabel TableName \
    | Operation | -
AWS/DynamoDB ReturnedItemCount SuccessfulRequestLatency SystemErrors ThrottledRequests: Operation TableName \
    | GlobalSecondaryIndexName Operation TableName | Operation
AWS/DynamoDB UserErrors: -
AWS/DynamoDB PendingReplicationCount ReplicationLatency: ReceivingRegion TableName
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/viewing_metrics_with_cloudwatch.html
AWS/EC2: InstanceId | AutoScalingGroupName | ImageId | InstanceType | -
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html
AWS/ECS: ClusterName ServiceName | ClusterName
https://docs.aws.amazon.com/efs/latest/ug/efs-metrics.html
AWS/EFS: FileSystemId | FileSystemId StorageClass
https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheMetrics.html
AWS/ElastiCache: CacheClusterId | CacheClusterId CacheNodeId | -
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html
AWS/Events: RuleName | EventBusName RuleName | EventBusName | -
https://docs.aws.amazon.com/streams/latest/dev/monitoring-with-cloudwatch.html
AWS/Kinesis: StreamName | ShardId StreamName | ConsumerName StreamName
https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
AWS/Lambda: FunctionName | FunctionName Resource | ExecutedVersion FunctionName Resource | -
https://docs.aws.amazon.com/vpc/latest/userguide/metrics-dimensions-nat-gateway.html
AWS/NATGateway: NatGatewayId | AvailabilityZone NatGatewayId
https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-cloudwatch-metrics.html
AWS/NetworkELB HealthyHostCount UnHealthyHostCount: LoadBalancer TargetGroup \
    | AvailabilityZone LoadBalancer TargetGroup
AWS/NetworkELB: LoadBalancer | LoadBalancer TargetGroup | AvailabilityZone LoadBalancer \
    | AvailabilityZone LoadBalancer TargetGroup
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/dimensions.html
AWS/RDS: DBInstanceIdentifier | DBClusterIdentifier | DBClusterIdentifier Role \
    | DBClusterIdentifier EngineName | DbClusterIdentifier EngineName | DBClusterIdentifier SourceRegion \
    | DBInstanceIdentifier SourceRegion | DatabaseClass | EngineName | SourceRegion | -
https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/monitoring-cloudwatch.html
AWS/Route53: HealthCheckId | HealthCheckId Region | HostedZoneId | Region
https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html
AWS/SNS: TopicName | Application | PhoneNumber | Country SMSType | -
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
AWS/SQS: QueueName
https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html
AWS/States: StateMachineArn | ActivityArn | LambdaFunctionArn | ServiceIntegrationResourceArn | -
https://docs.aws.amazon.com/waf/latest/developerguide/waf-metrics.html
AWS/WAFV2: Rule WebACL | Region Rule WebACL | RuleGroup WebACL | Region RuleGroup WebACL | Rule RuleGroup \
    | Region Rule RuleGroup
"""

Sets = tuple[tuple[str, ...], ...]

# Of these services the sets are all there are.
COMPLETE = ("AWS/NATGateway", "AWS/SQS")

# The others report by more dimensions than those. A set is known to be none if it is made of the service's
# own names above and of these, which belong to other services.
FOREIGN = words("""
    ApiId ApiName DBClusterIdentifier DBInstanceIdentifier DistributionId FunctionName QueueName Region Stage
    WebACL
""")


def _sets(line: str) -> tuple[list[str], Sets]:
    metrics, listed = line.split(": ")
    return metrics.split(), tuple(tuple(part.replace("-", "").split()) for part in listed.split("|"))


SETS = {
    (namespace, name): sets
    for (namespace, *names), sets in map(_sets, rows(TABLE))
    for name in names or ("",)
}


def sets_of(namespace: str | None, name: str | None) -> Sets:
    """Return the sets of dimensions of a metric; none if they are not known."""
    return SETS.get((namespace or "", name or ""), SETS.get((namespace or "", ""), ()))


def is_missing(namespace: str | None, sets: Sets, names: Iterable[str]) -> bool:
    """Return whether a service reports nothing by these dimensions."""
    given = tuple(sorted(names))
    known = {name.lower() for name in (*FOREIGN, *(name for of in sets_of(namespace, None) for name in of))}
    judged = namespace in COMPLETE or {name.lower() for name in given} <= known
    return bool(sets) and judged and given not in [tuple(sorted(one)) for one in sets]


def sets_text(sets: Sets) -> str:
    """Return the most useful sets in words."""
    return ", or ".join(" and ".join(names) or "none" for names in sets[:3])
