"""Dimensions that services report, and on others."""

from ..harness import frame

alarm = frame("""
Parameters:
  Where: {Type: String, Default: Global}
  Elsewhere: {Type: String, Default: CloudFront}
  Watched: {Type: String, Default: AWS/SQS}
  Side: {Type: String, Default: Region}
Resources:
  Site: {Type: AWS::CloudFront::Distribution}
  Edge: {Type: AWS::WAFv2::WebACL, Properties: {Scope: CLOUDFRONT, VisibilityConfig: {MetricName: edge-waf}}}
  Local: {Type: AWS::WAFv2::WebACL, Properties: {Scope: REGIONAL, VisibilityConfig: {MetricName: local-waf}}}
  Api: {Type: AWS::ApiGateway::RestApi}
  HttpApi: {Type: AWS::ApiGatewayV2::Api}
  Cluster: {Type: AWS::RDS::DBCluster}
  Instance: {Type: AWS::RDS::DBInstance}
  Function: {Type: AWS::Lambda::Function}
  Alias: {Type: AWS::Lambda::Alias}
  Queue: {Type: AWS::SQS::Queue}
  High: {Type: AWS::CloudWatch::Alarm, Properties: {<properties>}}
""")


def listed(dimensions: dict[str, str]) -> str:
    """Return dimensions as items of a list."""
    return ", ".join(f"{{Name: {key}, Value: {value}}}" for key, value in dimensions.items())


def watching(namespace: str, name: str, **dimensions: str) -> str:
    """Return a template with one alarm on a metric."""
    return alarm(f"Namespace: {namespace}, MetricName: {name}, Dimensions: [{listed(dimensions)}]")


def observing(namespace: str, name: str, **dimensions: str) -> str:
    """Return resources, and one alarm on a metric of them."""
    return f"""
  Api: {{Type: AWS::ApiGateway::RestApi}}
  Group: {{Type: AWS::Logs::LogGroup}}
  Address: {{Type: AWS::EC2::EIP}}
  Cluster: {{Type: AWS::RDS::DBCluster}}
  Acl: {{Type: AWS::WAFv2::WebACL, Properties: {{Scope: REGIONAL, VisibilityConfig: {{MetricName: acl}},
      Rules: [{{VisibilityConfig: {{MetricName: limit}}}}]}}}}
  Alarm:
    Type: AWS::CloudWatch::Alarm
    Properties: {{Namespace: {namespace}, MetricName: {name}, Statistic: Maximum, Period: 60,
        EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: GreaterThanThreshold,
        Dimensions: [{listed(dimensions)}]}}
"""


AURORA = """Resources:
  Reader: {Type: AWS::RDS::DBInstance, Properties: {DBClusterIdentifier: !Ref Aurora, Engine: aurora-mysql}}
  Writer: {Type: AWS::RDS::DBInstance, Properties: {DBClusterIdentifier: !Ref Aurora, Engine: aurora-mysql}}
  Aurora: {Type: AWS::RDS::DBCluster, Properties: {Engine: aurora-mysql}}
"""

CLOUDFRONT = "Use DistributionId and Region, or FunctionName and Region."
NO_DATA = "with these, and the alarm never has data."

PATH = "Resources/High/Properties/Dimensions"

GOOD = {
    "rule that exists": observing(
        "AWS/WAFV2", "BlockedRequests", WebACL="acl", Region="ap-northeast-1", Rule="limit"
    ),
    "CloudFront": watching("AWS/CloudFront", "5xxErrorRate", DistributionId="!Ref Site", Region="Global"),
    "CloudFront Function": watching(
        "AWS/CloudFront", "FunctionThrottles", FunctionName="pages", Region="Global"
    ),
    "web ACL at the edge": watching("AWS/WAFV2", "BlockedRequests", WebACL="edge-waf", Rule="ALL"),
    "regional web ACL": watching(
        "AWS/WAFV2", "BlockedRequests", WebACL="local-waf", Rule="ALL", Region="!Ref AWS::Region"
    ),
    "web ACL of another stack": watching(
        "AWS/WAFV2", "BlockedRequests", WebACL="another", Rule="ALL", Region="eu-west-1"
    ),
    "web ACL by label": watching(
        "AWS/WAFV2", "AllowedRequests", WebACL="edge-waf", LabelName="a", LabelNamespace="b"
    ),
    "REST API": watching("AWS/ApiGateway", "5XXError", ApiName="orders"),
    "stage": watching("AWS/ApiGateway", "5XXError", ApiName="orders", Stage="v1"),
    "method": watching(
        "AWS/ApiGateway", "5XXError", ApiName="orders", Stage="v1", Method="GET", Resource="/"
    ),
    "HTTP API": watching("AWS/ApiGateway", "5xx", ApiId="!Ref HttpApi"),
    "role of a cluster": watching(
        "AWS/RDS", "CPUUtilization", DBClusterIdentifier="!Ref Cluster", Role="WRITER"
    ),
    "instance": watching("AWS/RDS", "CPUUtilization", DBInstanceIdentifier="!Ref Instance"),
    "all databases": watching("AWS/RDS", "CPUUtilization"),
    "function": watching("AWS/Lambda", "Errors", FunctionName="!Ref Function"),
    "alias of a function": watching(
        "AWS/Lambda", "Errors", FunctionName="!Ref Function", Resource="!Sub '${Function}:prod'"
    ),
    "all functions": watching("AWS/Lambda", "Throttles"),
    "event source": watching("AWS/Lambda", "OffsetLag", EventSourceMappingUUID="x"),
    "queue": watching("AWS/SQS", "ApproximateNumberOfMessagesVisible", QueueName="!GetAtt Queue.QueueName"),
    "namespace of the user": watching("My/Service", "Orders", Region="everywhere"),
    "unknown namespace": watching("!ImportValue namespace", "Errors", Region="x"),
    "dimensions that a function hides": alarm(
        "Namespace: AWS/SQS, MetricName: Age, Dimensions: !FindInMap [A, b, c]"
    ),
    "both branches": alarm(
        "Namespace: AWS/CloudFront, MetricName: Requests, Dimensions: !If [Shared, "
        "[{Name: DistributionId, Value: a}, {Name: Region, Value: Global}], "
        "[{Name: FunctionName, Value: a}, {Name: Region, Value: Global}]]"
    ),
    "expression": alarm(
        "Metrics: [{Id: m, MetricStat: {Period: 60, Stat: Sum, Metric: {Namespace: AWS/SQS, MetricName: "
        "NumberOfMessagesSent, Dimensions: [{Name: QueueName, Value: a}]}}}, {Id: e, Expression: m * 2}]"
    ),
    "NAT gateway": watching("AWS/NATGateway", "ErrorPortAllocation", NatGatewayId="nat-1"),
    "regional NAT gateway": watching(
        "AWS/NATGateway", "ErrorPortAllocation", NatGatewayId="nat-1", AvailabilityZone="a"
    ),
    "health check": watching("AWS/Route53", "HealthCheckStatus", HealthCheckId="a-b"),
    "reader": watching("AWS/RDS", "CPUUtilization", DBClusterIdentifier="!Ref Aurora", Role="READER").replace(
        "Resources:\n", AURORA
    ),
    "storage of RDS": watching("AWS/RDS", "FreeStorageSpace", DBInstanceIdentifier="!Ref Instance"),
}

BAD = {
    "API for its stage": (
        observing("AWS/ApiGateway", "Count", ApiName="a", Stage="!Ref Api"),
        "Resources/Alarm/Properties/Dimensions",
        'Dimension Stage is {"Ref": "Api"}, which is another name of Api than AWS/ApiGateway reports: the '
        "alarm never has data. Use Ref of the stage.",
    ),
    "ARN of a log group": (
        observing("AWS/Logs", "IncomingLogEvents", LogGroupName="!GetAtt Group.Arn"),
        "Resources/Alarm/Properties/Dimensions",
        'Dimension LogGroupName is {"Fn::GetAtt": ["Group", "Arn"]}, which is another name of Group than '
        "AWS/Logs reports: the alarm never has data. Use !Ref Group.",
    ),
    "address of a gateway": (
        observing("AWS/NATGateway", "PacketsDropCount", NatGatewayId="!Ref Address"),
        "Resources/Alarm/Properties/Dimensions",
        'Dimension NatGatewayId is {"Ref": "Address"}, which is another name of Address than '
        "AWS/NATGateway reports: the alarm never has data. Use Ref of the gateway.",
    ),
    "lag of the writer": (
        observing("AWS/RDS", "AuroraReplicaLag", DBClusterIdentifier="!Ref Cluster", Role="WRITER"),
        "Resources/Alarm/Properties/Dimensions",
        "Dimension Role is WRITER, and only readers have a lag: the alarm never has data. Use READER.",
    ),
    "rule that does not exist": (
        observing("AWS/WAFV2", "BlockedRequests", WebACL="acl", Region="ap-northeast-1", Rule="limits"),
        "Resources/Alarm/Properties/Dimensions",
        "Dimension Rule is limits, which no rule of the template has as MetricName: no data arrives.",
    ),
    "CloudFront without Region": (
        watching("AWS/CloudFront", "5xxErrorRate", DistributionId="!Ref Site"),
        f"Dimensions are DistributionId: AWS/CloudFront has no metric 5xxErrorRate {NO_DATA} {CLOUDFRONT}",
    ),
    "one too many": (
        watching("AWS/CloudFront", "5xxErrorRate", DistributionId="a", Region="Global", Stage="v1"),
        "Dimensions are DistributionId and Region and Stage: AWS/CloudFront has no metric 5xxErrorRate "
        f"{NO_DATA} {CLOUDFRONT}",
    ),
    "misspelt": (
        watching("AWS/CloudFront", "5xxErrorRate", DistributionID="a", Region="Global"),
        f"Dimensions are DistributionID and Region: AWS/CloudFront has no metric 5xxErrorRate {NO_DATA} "
        f"{CLOUDFRONT}",
    ),
    "dimension of one branch": (
        alarm(
            "Namespace: AWS/CloudFront, MetricName: Requests, Dimensions: [{Name: DistributionId, "
            "Value: a}, !If [Shared, {Name: Region, Value: Global}, !Ref AWS::NoValue]]"
        ),
        "Dimensions are DistributionId when Shared is false: AWS/CloudFront has no metric Requests "
        f"{NO_DATA} {CLOUDFRONT}",
    ),
    "name of a dimension by default": (
        alarm(
            "Namespace: AWS/RDS, MetricName: Commits, Dimensions: "
            "[{Name: DBInstanceIdentifier, Value: a}, {Name: !Ref Side, Value: b}]"
        ),
        f"Dimensions are DBInstanceIdentifier and Region: AWS/RDS has no metric Commits {NO_DATA} Use "
        "DBInstanceIdentifier, or DBClusterIdentifier, or DBClusterIdentifier and Role.",
    ),
    "web ACL at the edge with Region": (
        watching("AWS/WAFV2", "BlockedRequests", WebACL="edge-waf", Rule="ALL", Region="us-east-1"),
        f"Dimensions are Region and Rule and WebACL: AWS/WAFV2 has no metric BlockedRequests {NO_DATA} "
        "Use Rule and WebACL, or RuleGroup and WebACL, or Rule and RuleGroup.",
    ),
    "regional web ACL without Region": (
        watching("AWS/WAFV2", "BlockedRequests", WebACL="local-waf", Rule="ALL"),
        f"Dimensions are Rule and WebACL: AWS/WAFV2 has no metric BlockedRequests {NO_DATA} Use Region "
        "and Rule and WebACL, or Region and RuleGroup and WebACL, or Region and Rule and RuleGroup.",
    ),
    "web ACL without Rule": (
        watching("AWS/WAFV2", "BlockedRequests", WebACL="another"),
        f"Dimensions are WebACL: AWS/WAFV2 has no metric BlockedRequests {NO_DATA} Use Rule and WebACL, "
        "or Region and Rule and WebACL, or RuleGroup and WebACL.",
    ),
    "stage without API": (
        watching("AWS/ApiGateway", "Latency", Stage="v1"),
        f"Dimensions are Stage: AWS/ApiGateway has no metric Latency {NO_DATA} Use ApiName, or ApiName "
        "and Stage, or ApiName and Method and Resource and Stage.",
    ),
    "role of an instance": (
        watching("AWS/RDS", "CPUUtilization", DBInstanceIdentifier="a", Role="WRITER"),
        f"Dimensions are DBInstanceIdentifier and Role: AWS/RDS has no metric CPUUtilization {NO_DATA} "
        "Use DBInstanceIdentifier, or DBClusterIdentifier, or DBClusterIdentifier and Role.",
    ),
    "version without alias": (
        watching("AWS/Lambda", "Errors", FunctionName="a", ExecutedVersion="3"),
        f"Dimensions are ExecutedVersion and FunctionName: AWS/Lambda has no metric Errors {NO_DATA} Use "
        "FunctionName, or FunctionName and Resource, or ExecutedVersion and FunctionName and Resource.",
    ),
    "unknown dimension of a service with one": (
        watching("AWS/SQS", "NumberOfMessagesSent", Queue="orders"),
        f"Dimensions are Queue: AWS/SQS has no metric NumberOfMessagesSent {NO_DATA} Use QueueName.",
    ),
    "none, namespace by default": (
        watching("!Ref Watched", "NumberOfMessagesSent"),
        f"Dimensions are none: AWS/SQS has no metric NumberOfMessagesSent {NO_DATA} Use QueueName.",
    ),
    "region of CloudFront": (
        watching("AWS/CloudFront", "Requests", DistributionId="a", Region="us-east-1"),
        'Dimension Region is "us-east-1": AWS/CloudFront reports only Global there, and the alarm '
        "never has data.",
    ),
    "value of one branch": (
        watching("AWS/CloudFront", "Requests", DistributionId="a", Region="!If [Shared, Global, Local]"),
        'Dimension Region is "Local" when Shared is false: AWS/CloudFront reports only Global there, '
        "and the alarm never has data.",
    ),
    "region of WAF": (
        watching("AWS/WAFV2", "BlockedRequests", WebACL="x", Rule="ALL", Region="!Sub '${Elsewhere}'"),
        'Dimension Region is {"Fn::Sub": "${Elsewhere}"}, which can be "CloudFront": AWS/WAFV2 reports '
        "the name of a region there, and the alarm never has data.",
    ),
    "spelling of a role": (
        watching("AWS/RDS", "CPUUtilization", DBClusterIdentifier="!Ref Cluster", Role="Writer"),
        ('Dimension Role is "Writer": AWS/RDS reports WRITER or READER there, and the alarm never has data.'),
    ),
    "ID of an API": (
        watching("AWS/ApiGateway", "5XXError", ApiName="!Ref Api", Stage="v1"),
        'Dimension ApiName is {"Ref": "Api"}, which is another name of Api than AWS/ApiGateway reports: '
        "the alarm never has data. Use the API's name, as in its Name.",
    ),
    "ID of an API by Sub": (
        watching("AWS/ApiGateway", "5XXError", ApiName="!Sub '${Api}'"),
        'Dimension ApiName is {"Fn::Sub": "${Api}"}, which is another name of Api than AWS/ApiGateway '
        "reports: the alarm never has data. Use the API's name, as in its Name.",
    ),
    "URL of a queue": (
        watching("AWS/SQS", "NumberOfMessagesSent", QueueName="!Ref Queue"),
        'Dimension QueueName is {"Ref": "Queue"}, which is another name of Queue than AWS/SQS reports: '
        "the alarm never has data. Use the queue's name: !GetAtt Queue.QueueName.",
    ),
    "ARN of a function": (
        watching("AWS/Lambda", "Errors", FunctionName="!GetAtt Function.Arn"),
        'Dimension FunctionName is {"Fn::GetAtt": ["Function", "Arn"]}, which is another name of '
        "Function than AWS/Lambda reports: the alarm never has data. Use the function's name: !Ref Function.",
    ),
    "ARN of an alias": (
        watching("AWS/Lambda", "Errors", FunctionName="!Ref Alias"),
        'Dimension FunctionName is {"Ref": "Alias"}, which is another name of Alias than AWS/Lambda '
        "reports: the alarm never has data. Use the function's name, and the alias by Resource.",
    ),
    "cluster for instance": (
        watching("AWS/RDS", "CPUUtilization", DBInstanceIdentifier="!Ref Cluster"),
        'Dimension DBInstanceIdentifier is {"Ref": "Cluster"}, which is another name of Cluster than '
        "AWS/RDS reports: the alarm never has data. Use the instance's identifier.",
    ),
    "reference to a web ACL": (
        watching("AWS/WAFV2", "BlockedRequests", WebACL="!Ref Edge", Rule="ALL"),
        'Dimension WebACL is {"Ref": "Edge"}, which is another name of Edge than AWS/WAFV2 reports: the '
        "alarm never has data. Use the web ACL's VisibilityConfig.MetricName.",
    ),
    "finds a metric of an expression": (
        alarm(
            "Metrics: [{Id: e, Expression: m * 2}, {Id: m, MetricStat: {Period: 60, Stat: Sum, Metric: "
            "{Namespace: AWS/SQS, MetricName: NumberOfMessagesSent, Dimensions: [{Name: QueueName, Value: "
            "!GetAtt Queue.Arn}]}}}]"
        ),
        "Resources/High/Properties/Metrics/1/MetricStat/Metric/Dimensions",
        'Dimension QueueName is {"Fn::GetAtt": ["Queue", "Arn"]}, which is another name of Queue than '
        "AWS/SQS reports: the alarm never has data. Use the queue's name: !GetAtt Queue.QueueName.",
    ),
    "reports missing dimensions on the alarm": (
        alarm("Namespace: AWS/SQS, MetricName: NumberOfMessagesSent"),
        "Resources/High/Properties",
        f"Dimensions are none: AWS/SQS has no metric NumberOfMessagesSent {NO_DATA} Use QueueName.",
    ),
    "one schedule": (
        watching("AWS/Scheduler", "TargetErrorCount", ScheduleName="nightly"),
        "Dimensions are ScheduleName: AWS/Scheduler has no metric TargetErrorCount with these, and the alarm "
        "never has data. Use ScheduleGroup, or none.",
    ),
    "NAT gateway in other letters": (
        watching("AWS/NATGateway", "ErrorPortAllocation", NatGatewayID="nat-1"),
        "Dimensions are NatGatewayID: AWS/NATGateway has no metric ErrorPortAllocation with "
        "these, and the alarm never has data. Use NatGatewayId, or "
        "AvailabilityZone and NatGatewayId.",
    ),
    "ARN of a health check": (
        watching("AWS/Route53", "HealthCheckStatus", HealthCheckId="arn:aws:route53:::healthcheck/a-b"),
        'Dimension HealthCheckId is "arn:aws:route53:::healthcheck/a-b", an ARN, and '
        "AWS/Route53 reports an ID or a name there: the alarm never has data.",
    ),
    "ARN of a topic": (
        watching("AWS/SNS", "NumberOfNotificationsFailed", TopicName="!Ref Topic").replace(
            "Resources:\n", "Resources:\n  Topic: {Type: AWS::SNS::Topic}\n"
        ),
        'Dimension TopicName is {"Ref": "Topic"}, which is another name of Topic than AWS/SNS '
        "reports: the alarm never has data. Use !GetAtt Topic.TopicName.",
    ),
    "metrics of a web ACL switched off": (
        watching("AWS/WAFV2", "BlockedRequests", WebACL="edge-waf", Rule="ALL").replace(
            "{MetricName: edge-waf}", "{MetricName: edge-waf, CloudWatchMetricsEnabled: false}"
        ),
        "Dimension WebACL is edge-waf, and VisibilityConfig of Edge has CloudWatchMetricsEnabled: "
        "false: the alarm never has data. Set it to true.",
    ),
    "name of a web ACL": (
        watching("AWS/WAFV2", "BlockedRequests", WebACL="site", Rule="ALL").replace(
            "{Scope: CLOUDFRONT,", "{Name: site, Scope: CLOUDFRONT,"
        ),
        "Dimension WebACL is site, the Name of Edge, whose metrics are called edge-waf by its "
        "VisibilityConfig: the alarm never has data. Use the same MetricName.",
    ),
    "storage of Aurora": (
        watching("AWS/RDS", "FreeStorageSpace", DBInstanceIdentifier="!Ref Writer").replace(
            "Resources:\n", AURORA
        ),
        "Resources/High/Properties/MetricName",
        "MetricName is FreeStorageSpace, which Aurora does not have: the alarm never has data. "
        "Use FreeLocalStorage or AuroraVolumeBytesLeftTotal.",
    ),
    "reader that may be missing": (
        watching("AWS/RDS", "CPUUtilization", DBClusterIdentifier="!Ref Aurora", Role="READER").replace(
            "Resources:\n", AURORA.replace("Instance, P", "Instance, Condition: Shared, P", 1)
        ),
        "Dimension Role is READER when Shared is false, where Aurora has only the instance "
        "Writer: the alarm never has data. Give the alarm the condition of the reader.",
    ),
    "ten seconds": (
        """
Resources:
  Alarm:
    Type: AWS::CloudWatch::Alarm
    Properties:
      Namespace: AWS/SQS
      MetricName: NumberOfMessagesSent
      Dimensions: [{Name: QueueName, Value: a}]
      Period: 10
""",
        "Resources/Alarm/Properties/Period",
        "Period is 10, and AWS/SQS writes once a minute: the alarm has no data in between. Use 60 or a "
        "multiple of it.",
    ),
}
