"""How services spell their namespaces and the names of their metrics."""

import re
from collections.abc import Iterable
from typing import Any

from cfn_analysis.rules.support.words import rows, words

# Every namespace of a service that alarms often watch, and a few of others.
NAMESPACES = words("""
    AWS/ApiGateway AWS/AppRunner AWS/AppSync AWS/ApplicationELB AWS/Athena AWS/AutoScaling AWS/Backup
    AWS/Billing AWS/CertificateManager AWS/CloudFront AWS/CodeBuild AWS/Cognito AWS/DAX AWS/DDoSProtection
    AWS/DMS AWS/DX AWS/DocDB AWS/DynamoDB AWS/EBS AWS/EC2 AWS/ECS AWS/EFS AWS/ELB AWS/ES AWS/ElastiCache
    AWS/ElasticBeanstalk AWS/ElasticMapReduce AWS/Events AWS/FSx AWS/Firehose AWS/GatewayELB
    AWS/GlobalAccelerator AWS/KMS AWS/Kafka AWS/Kinesis AWS/KinesisAnalytics AWS/Lambda AWS/Logs
    AWS/NATGateway AWS/Neptune AWS/NetworkELB AWS/NetworkFirewall AWS/PrivateLinkEndpoints
    AWS/PrivateLinkServices AWS/RDS AWS/Redshift AWS/Route53 AWS/S3 AWS/SES AWS/SNS AWS/SQS AWS/SSM
    AWS/SageMaker AWS/SecretsManager AWS/States AWS/StorageGateway AWS/Transfer AWS/TransitGateway
    AWS/TrustedAdvisor AWS/VPN AWS/WAFV2 AWS/WorkSpaces
""")
SHORTEST = 5  # letters of a name in which a slip is recognized
SPELLINGS = {re.sub(r"[^a-z0-9/]", "", name.lower()): name for name in NAMESPACES}

# Namespace -> the metrics of a service, so that a name close to one of them is misspelt.
TABLE = """
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
AWS/ApplicationELB ActiveConnectionCount AnomalousHostCount ClientTLSNegotiationErrorCount ConsumedLCUs \
    DesyncMitigationMode_NonCompliant_Request_Count DroppedInvalidHeaderRequestCount ELBAuthError \
    ELBAuthFailure ELBAuthLatency ELBAuthRefreshTokenSuccess ELBAuthSuccess ELBAuthUserClaimsSizeExceeded \
    ForwardedInvalidHeaderRequestCount GrpcRequestCount HTTPCode_ELB_3XX_Count HTTPCode_ELB_4XX_Count \
    HTTPCode_ELB_500_Count HTTPCode_ELB_502_Count HTTPCode_ELB_503_Count HTTPCode_ELB_504_Count \
    HTTPCode_ELB_5XX_Count HTTPCode_Target_2XX_Count HTTPCode_Target_3XX_Count HTTPCode_Target_4XX_Count \
    HTTPCode_Target_5XX_Count HTTP_Fixed_Response_Count HTTP_Redirect_Count \
    HTTP_Redirect_Url_Limit_Exceeded_Count HealthyHostCount HealthyStateDNS HealthyStateRouting \
    IPv6ProcessedBytes IPv6RequestCount LambdaInternalError LambdaTargetProcessedBytes LambdaUserError \
    MitigatedHostCount NewConnectionCount NonStickyRequestCount PeakLCUs ProcessedBytes \
    RejectedConnectionCount RequestCount RequestCountPerTarget RuleEvaluations TargetConnectionErrorCount \
    TargetResponseTime TargetTLSNegotiationErrorCount UnHealthyHostCount UnhealthyRoutingRequestCount \
    UnhealthyStateDNS UnhealthyStateRouting ZonalShiftedHostCount
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/programming-cloudwatch-metrics.html
AWS/CloudFront 401ErrorRate 403ErrorRate 404ErrorRate 4xxErrorRate 502ErrorRate 503ErrorRate 504ErrorRate \
    5xxErrorRate BytesDownloaded BytesUploaded CacheHitRate FunctionComputeUtilization \
    FunctionExecutionErrors FunctionInvocations FunctionThrottles FunctionValidationErrors \
    LambdaExecutionError LambdaValidationError OriginLatency Requests TotalErrorRate
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html
AWS/DynamoDB AgeOfOldestUnreplicatedRecord ConditionalCheckFailedRequests ConsumedReadCapacityUnits \
    ConsumedWriteCapacityUnits OnlineIndexConsumedWriteCapacity OnlineIndexPercentageProgress \
    OnlineIndexThrottleEvents PendingReplicationCount ProvisionedReadCapacityUnits \
    ProvisionedWriteCapacityUnits ReadThrottleEvents ReplicationLatency ReturnedBytes ReturnedItemCount \
    ReturnedRecordsCount SuccessfulRequestLatency SystemErrors ThrottledPutRecordCount ThrottledRequests \
    TimeToLiveDeletedItemCount TransactionConflict UserErrors WriteThrottleEvents
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/viewing_metrics_with_cloudwatch.html
AWS/EC2 CPUCreditBalance CPUCreditUsage CPUSurplusCreditBalance CPUSurplusCreditsCharged CPUUtilization \
    DiskReadBytes DiskReadOps DiskWriteBytes DiskWriteOps EBSReadBytes EBSReadOps EBSWriteBytes EBSWriteOps \
    MetadataNoToken NetworkIn NetworkOut NetworkPacketsIn NetworkPacketsOut StatusCheckFailed \
    StatusCheckFailed_AttachedEBS StatusCheckFailed_Instance StatusCheckFailed_System
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html
AWS/ECS ActiveConnectionCount CPUReservation CPUUtilization EBSFilesystemUtilization GPUReservation \
    MemoryReservation MemoryUtilization NewConnectionCount ProcessedBytes RequestCount \
    RequestCountPerTarget TargetResponseTime
https://docs.aws.amazon.com/efs/latest/ug/efs-metrics.html
AWS/EFS BurstCreditBalance ClientConnections DataReadIOBytes DataWriteIOBytes MetadataIOBytes \
    MetadataReadIOBytes MetadataWriteIOBytes MeteredIOBytes PercentIOLimit PermittedThroughput StorageBytes \
    TimeSinceLastSync TotalIOBytes
https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheMetrics.html
AWS/ElastiCache ActiveDefragHits AuthenticationFailures BytesUsedForCache CPUCreditBalance CPUCreditUsage \
    CPUUtilization CacheHitRate CacheHits CacheMisses CommandAuthorizationFailures CurrConnections CurrItems \
    DatabaseMemoryUsageCountedForEvictPercentage DatabaseMemoryUsagePercentage EngineCPUUtilization \
    Evictions FreeableMemory GlobalDatastoreReplicationLag IsMaster KeyAuthorizationFailures \
    MasterLinkHealthStatus MemoryFragmentationRatio NetworkBandwidthInAllowanceExceeded \
    NetworkBandwidthOutAllowanceExceeded NetworkBytesIn NetworkBytesOut NetworkPacketsIn NetworkPacketsOut \
    NewConnections Reclaimed ReplicationBytes ReplicationLag SaveInProgress SwapUsage \
    TrafficManagementActive
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html
AWS/Events DeadLetterInvocations FailedInvocations InvocationAttempts Invocations InvocationsCreated \
    InvocationsFailedToBeSentToDlq InvocationsSentToDlq MatchedEvents RetryInvocationAttempts \
    SuccessfulInvocationAttempts ThrottledRules TriggeredRules
https://docs.aws.amazon.com/streams/latest/dev/monitoring-with-cloudwatch.html
AWS/Kinesis GetRecords.Bytes GetRecords.IteratorAgeMilliseconds GetRecords.Latency GetRecords.Records \
    GetRecords.Success IncomingBytes IncomingRecords IteratorAgeMilliseconds OutgoingBytes OutgoingRecords \
    PutRecord.Bytes PutRecord.Latency PutRecord.Success PutRecords.Bytes PutRecords.FailedRecords \
    PutRecords.Latency PutRecords.Records PutRecords.Success PutRecords.SuccessfulRecords \
    PutRecords.ThrottledRecords PutRecords.TotalRecords ReadProvisionedThroughputExceeded \
    WriteProvisionedThroughputExceeded
https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
AWS/Lambda AsyncEventAge AsyncEventsDropped AsyncEventsReceived ClaimedAccountConcurrency \
    ConcurrentExecutions DeadLetterErrors DestinationDeliveryFailures Duration Errors Invocations \
    IteratorAge OffsetLag OversizedRecordCount PostRuntimeExtensionsDuration \
    ProvisionedConcurrencyInvocations ProvisionedConcurrencySpilloverInvocations \
    ProvisionedConcurrencyUtilization ProvisionedConcurrentExecutions RecursiveInvocationsDropped Throttles \
    UnreservedConcurrentExecutions
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch-Logs-Monitoring-CloudWatch-Metrics.html
AWS/Logs DeliveryErrors DeliveryThrottling ForwardedBytes ForwardedLogEvents IncomingBytes IncomingLogEvents
https://docs.aws.amazon.com/vpc/latest/userguide/metrics-dimensions-nat-gateway.html
AWS/NATGateway ActiveConnectionCount BytesInFromDestination BytesInFromSource BytesOutToDestination \
    BytesOutToSource ConnectionAttemptCount ConnectionEstablishedCount ErrorPortAllocation IdleTimeoutCount \
    PacketsDropCount PacketsInFromDestination PacketsInFromSource PacketsOutToDestination \
    PacketsOutToSource PeakBytesPerSecond PeakPacketsPerSecond
https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-cloudwatch-metrics.html
AWS/NetworkELB ActiveFlowCount ActiveFlowCount_TCP ActiveFlowCount_TLS ActiveFlowCount_UDP \
    ClientTLSNegotiationErrorCount ConsumedLCUs HealthyHostCount NewFlowCount NewFlowCount_TCP \
    NewFlowCount_TLS NewFlowCount_UDP PeakBytesPerSecond PeakPacketsPerSecond PortAllocationErrorCount \
    ProcessedBytes ProcessedPackets RejectedFlowCount TCP_Client_Reset_Count TCP_ELB_Reset_Count \
    TCP_Target_Reset_Count TargetTLSNegotiationErrorCount UnHealthyHostCount
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.AuroraMonitoring.Metrics.html
AWS/RDS ACUUtilization ActiveTransactions AuroraBinlogReplicaLag AuroraMemoryHealthState \
    AuroraMemoryNumDeclinedSqlTotal AuroraMemoryNumKillConnTotal AuroraMemoryNumKillQueryTotal \
    AuroraReplicaLag AuroraReplicaLagMaximum AuroraReplicaLagMinimum AuroraVolumeBytesLeftTotal \
    BinLogDiskUsage BlockedTransactions BufferCacheHitRatio BurstBalance CPUCreditBalance CPUCreditUsage \
    CPUSurplusCreditBalance CPUSurplusCreditsCharged CPUUtilization CommitLatency CommitThroughput DBLoad \
    DBLoadCPU DBLoadNonCPU DBLoadRelativeToNumVCPUs DDLLatency DDLThroughput DMLLatency DMLThroughput \
    DatabaseConnections Deadlocks DeleteLatency DeleteThroughput DiskQueueDepth EngineUptime \
    FreeLocalStorage FreeStorageSpace FreeableMemory InsertLatency InsertThroughput LoginFailures \
    MaximumUsedTransactionIDs NetworkReceiveThroughput NetworkThroughput NetworkTransmitThroughput Queries \
    ReadIOPS ReadLatency ReadThroughput ReplicaLag RollbackSegmentHistoryListLength SelectLatency \
    SelectThroughput ServerlessDatabaseCapacity SnapshotStorageUsed SwapUsage TransactionLogsDiskUsage \
    UpdateLatency UpdateThroughput VolumeBytesUsed VolumeReadIOPs VolumeWriteIOPs WriteIOPS WriteLatency \
    WriteThroughput
https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/monitoring-cloudwatch.html
AWS/Route53 ChildHealthCheckHealthyCount ConnectionTime DNSQueries HealthCheckPercentageHealthy \
    HealthCheckStatus SSLHandshakeTime TimeToFirstByte
https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html
AWS/SNS NumberOfMessagesPublished NumberOfNotificationsDelivered NumberOfNotificationsFailed \
    NumberOfNotificationsFailedToRedriveToDlq NumberOfNotificationsFilteredOut \
    NumberOfNotificationsRedrivenToDlq PublishSize SMSMonthToDateSpentUSD SMSSuccessRate
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
AWS/SQS ApproximateAgeOfOldestMessage ApproximateNumberOfMessagesDelayed \
    ApproximateNumberOfMessagesNotVisible ApproximateNumberOfMessagesVisible NumberOfEmptyReceives \
    NumberOfMessagesDeleted NumberOfMessagesReceived NumberOfMessagesSent SentMessageSize
https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html
AWS/States ExecutionThrottled ExecutionTime ExecutionsAborted ExecutionsFailed ExecutionsStarted \
    ExecutionsSucceeded ExecutionsTimedOut
https://docs.aws.amazon.com/waf/latest/developerguide/waf-metrics.html
AWS/WAFV2 AllowedRequests BlockedRequests CaptchaRequests ChallengeRequests CountedRequests PassedRequests
"""
NAMES = {namespace: names for namespace, *names in (line.split() for line in rows(TABLE))}

# REST APIs are identified by name and HTTP APIs by ID, and the errors of the two have different names.
API_NAMES = {
    "ApiName": words("4XXError 5XXError CacheHitCount CacheMissCount Count IntegrationLatency Latency"),
    "ApiId": words("""
        4xx 5xx ClientError ConnectCount Count DataProcessed ExecutionError IntegrationError
        IntegrationLatency Latency MessageCount
    """),
}
API_ERRORS = {
    "ApiName": {"4xx": "4XXError", "5xx": "5XXError", "4xxerrorrate": "4XXError", "5xxerrorrate": "5XXError"},
    "ApiId": {"4xxerror": "4xx", "5xxerror": "5xx", "4xxerrorrate": "4xx", "5xxerrorrate": "5xx"},
}


def spelling(namespace: str, name: str, dimensions: Iterable[Any]) -> str:
    """Return the spelling of a metric in its service; empty if not known. A plural is another spelling."""
    known: Iterable[str] = NAMES.get(namespace, [])
    others: dict[str, str] = {}
    if namespace == "AWS/ApiGateway":
        kinds = [kind for kind in API_NAMES if kind in dimensions]
        known = [right for kind in kinds for right in API_NAMES[kind]]
        others = {_singular(wrong): right for kind in kinds for wrong, right in API_ERRORS[kind].items()}
    if name in known:
        return name
    spellings = {_singular(right): right for right in known} | others
    slips = (right for right in known if is_slip(name, right))
    return spellings.get(_singular(name)) or next(slips, "")


def namespace_spelling(name: str) -> str:
    """Return how CloudWatch spells the namespace of a service; empty if it is not known."""
    aws = name[:4].lower() == "aws/"
    return SPELLINGS.get(re.sub(r"[^a-z0-9/]", "", name.lower()), "") if aws else ""


def _singular(name: str) -> str:
    return name.lower().removesuffix("s")


def is_slip(name: str, right: str) -> bool:
    """Return whether a name of some length differs by a letter, two that are exchanged, or capitals."""
    name, right = name.lower(), right.lower()
    if name == right or min(len(name), len(right)) < SHORTEST or abs(len(name) - len(right)) > 1:
        return name == right
    start = next((at for at in range(len(name)) if name[: at + 1] != right[: at + 1]), len(name))
    ours, theirs = name[start:], right[start:]
    exchanged = ours[1::-1] == theirs[:2] and ours[2:] == theirs[2:]
    return exchanged or ours[1:] in (theirs[1:], theirs) or ours == theirs[1:]
