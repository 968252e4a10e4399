"""An account with healthy answers for the checks after a deploy, in which single faults are made.

The answers have the structure of boto3's, and the values follow from the stacks: another stack with an alarm,
a secret or a function gets its answers too. Nothing is sent: ``RecordedAccount`` replaces ``CheckedAccount``.
"""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final

from botocore import xform_name

from csr_templates.preflight import hidden
from csr_templates.preflight.checked_account import _kept
from csr_templates.preflight.facts import Fact, Facts, FactsHeader, FailedCall, Query
from csr_templates.preflight.resolved_environment import EnvironmentStack, ResolvedEnvironment
from tests.csr_templates.preflight import recorded

ACCOUNT: Final = "123456789012"
NOW: Final = datetime(2026, 11, 29, 3, 0, tzinfo=UTC)
TIME: Final = NOW.strftime("%Y-%m-%dT%H:%M:%SZ")
SECRETS: Final = ("only-in-the-account-a", "only-in-the-account-b")
"""The values of the two origin keys. They must not be in facts."""
PACKAGE: Final = {"ContentLength": 4_711, "VersionId": "v1", "ChecksumSHA256": "c2hhMjU2"}
WEB_ACL: Final = f"arn:aws:wafv2:us-east-1:{ACCOUNT}:global/webacl/waf/1"
SMS_TOPICS: Final = (":DatabaseCriticalAlarmTopic", ":FrontendAlarmTopic")
"""Ends of the ARNs of the topics that send SMS too, one in each region."""
KEY_CREATED: Final = NOW - timedelta(days=30)
"""When the API keys were created."""
DOMAIN: Final = "d111111abcdef8.cloudfront.net"

_template: Final = cache(hidden.in_template)  # reading a template takes longer than all other answers


class AwsError(Exception):
    """An error response of AWS."""


class _Stacks(recorded.Stacks):
    """The stacks, whose resources have IDs in the form that AWS generates."""

    def resources(self, stack: EnvironmentStack) -> dict[str, str]:
        return {
            logical_id: _physical_id(stack, logical_id, resource)
            for logical_id, resource in stack.resources.items()
        }


class RecordedAccount:
    """Answers the calls of one environment.

    Attributes:
        needs: the needs of the environment.
        change: changes an answer, or the ``AwsError`` of the healthy account, before it is reduced; it can
            raise an ``AwsError``.
        asked: the calls that were made.
    """

    def __init__(
        self,
        environment: ResolvedEnvironment,
        change: Callable[[Query, Any], Any] = lambda query, answer: answer,
    ) -> None:
        self.environment = environment
        self.change = change
        self.asked: list[Query] = []
        self._stacks = _Stacks(environment)
        self._stacks.deploy()

    def start(self, project: str, environment: str, policy: str) -> Facts:
        """Return facts without answers."""
        return Facts(FactsHeader(project, environment, ACCOUNT, "arn", TIME), (), policy)

    def close(self) -> None:
        """Do nothing."""

    def ask(self, query: Query) -> Fact:
        """Return the fact for a call, reduced as ``CheckedAccount`` does."""
        self.asked.append(query)
        try:
            answer = self.change(query, self._answer_or_error(query))
            if isinstance(answer, AwsError):
                raise answer
        except AwsError as error:
            code = str(error)
            if code in query.absent:
                return Fact(query, TIME)
            return Fact(query, TIME, failure=FailedCall(code, "The message of AWS."))
        if query.operation == "GetTemplate":
            return Fact(query, TIME, _template(answer["TemplateBody"]))
        return Fact(query, TIME, _kept(query, answer))

    def answer(self, query: Query) -> Any:
        """Return the whole healthy answer to a call."""
        return getattr(self, f"_{xform_name(query.operation)}")(dict(query.parameters), query.region)

    def _answer_or_error(self, query: Query) -> Any:
        try:
            return self.answer(query)
        except AwsError as error:
            return error

    def _stack(self, name: str) -> EnvironmentStack:
        return next(stack for stack in self.environment.stacks if stack.deployed_name == name)

    def _of_type(self, type_name: str, region: str = "") -> list[tuple[str, Mapping[str, Any]]]:
        """Return physical ID and properties of the resources of a type."""
        resources = []
        for stack in self.environment.stacks:
            if region not in ("", stack.region):
                continue
            ids = self._stacks.resources(stack)
            for logical_id, properties in stack.of_type(type_name):
                resources.append((ids[logical_id], properties))
        return resources

    # ---- Answers by operation ----

    def _get_caller_identity(self, *_: Any) -> Any:
        return {"Account": ACCOUNT, "Arn": f"arn:aws:iam::{ACCOUNT}:user/operator"}

    def _describe_stacks(self, parameters: Mapping[str, Any], region: str) -> Any:
        return self._stacks.answer("DescribeStacks", parameters, region)

    def _list_stack_resources(self, parameters: Mapping[str, Any], region: str) -> Any:
        return self._stacks.answer("ListStackResources", parameters, region)

    def _get_template(self, parameters: Mapping[str, Any], _: str) -> Any:
        return {"TemplateBody": self._stack(parameters["StackName"].split("/")[1]).built.text}

    def _get_stack_policy(self, parameters: Mapping[str, Any], _: str) -> Any:
        return {
            "StackPolicyBody": json.dumps(
                self._stack(parameters["StackName"].split("/")[1]).built.policies.stack
            )
        }

    def _get_distribution(self, parameters: Mapping[str, Any], _: str) -> Any:
        _id = parameters["Id"]
        config = dict(self._of_type("AWS::CloudFront::Distribution"))[_id]["DistributionConfig"]
        origins = []
        for origin in config["Origins"]:
            headers = [
                {"HeaderName": header["HeaderName"], "HeaderValue": SECRETS[0]}
                for header in origin.get("OriginCustomHeaders", [])
            ]
            domain = self._domain(origin["DomainName"])
            origins.append({"Id": origin["Id"], "DomainName": domain, "CustomHeaders": {"Items": headers}})
        return {
            "Distribution": {
                "Id": _id,
                "Status": "Deployed",
                "DomainName": DOMAIN,
                "DistributionConfig": {
                    "Enabled": True,
                    "Aliases": {"Items": config.get("Aliases", [])},
                    "WebACLId": WEB_ACL if "WebACLId" in config else "",
                    "Origins": {"Items": origins},
                },
            }
        }

    def _domain(self, value: Any) -> str:
        """Return the domain of an origin: its text, that of the API whose output it reads, or of a bucket."""
        match value:
            case str():
                return value
            case {"Fn::GetAtt": _}:
                return "bucket.s3.us-east-1.amazonaws.com"
        ((api, _api),) = self._of_type("AWS::ApiGateway::RestApi")
        return f"{api}.execute-api.ap-northeast-1.amazonaws.com"

    def _get_api_key(self, parameters: Mapping[str, Any], _: str) -> Any:
        key = next(index for index, (name, _) in enumerate(self._keys()) if name == parameters["apiKey"])
        return {
            "id": parameters["apiKey"],
            "enabled": True,
            "value": SECRETS[key],
            "name": "key",
            "createdDate": KEY_CREATED,
        }

    def _keys(self) -> list[tuple[str, Mapping[str, Any]]]:
        return self._of_type("AWS::ApiGateway::ApiKey")

    def _get_usage_plan_keys(self, *_: Any) -> Any:
        return {
            "items": [
                {"id": name, "type": "API_KEY", "value": SECRETS[index]}
                for index, (name, _) in enumerate(self._keys())
            ]
        }

    def _get_alias(self, *_: Any) -> Any:
        return {"FunctionVersion": "7"}

    def _get_stage(self, parameters: Mapping[str, Any], region: str) -> Any:
        properties = dict(self._of_type("AWS::ApiGateway::Stage", region))[parameters["stageName"]]
        return {"stageName": "v1", "deploymentId": f"id-{properties['DeploymentId']['Ref']}"}

    def _get_account(self, _: Mapping[str, Any], region: str) -> Any:
        ((_id, properties),) = self._of_type("AWS::ApiGateway::Account", region)
        role = properties["CloudWatchRoleArn"]["Fn::GetAtt"][0]
        return {"cloudwatchRoleArn": f"arn:aws:iam::{ACCOUNT}:role/id-{role}"}

    def _list_resource_record_sets(self, parameters: Mapping[str, Any], _: str) -> Any:
        return {
            "ResourceRecordSets": [
                {
                    "Name": f"{name}.",
                    "Type": record["Type"],
                    "AliasTarget": {"HostedZoneId": "Z2FDTNDATAQYW2", "DNSName": f"{DOMAIN}."},
                }
                for name, record in self._of_type("AWS::Route53::RecordSet")
                if name == parameters["StartRecordName"]
            ]
        }

    def _get_health_check(self, parameters: Mapping[str, Any], _: str) -> Any:
        config = dict(self._of_type("AWS::Route53::HealthCheck"))[parameters["HealthCheckId"]]
        domain = DOMAIN
        for name, _record in self._of_type("AWS::Route53::RecordSet"):
            domain = name
        settings = {**config["HealthCheckConfig"], "FullyQualifiedDomainName": domain}
        return {"HealthCheck": {"HealthCheckConfig": {**settings, "Disabled": False, "Inverted": False}}}

    def _get_logging_configuration(self, parameters: Mapping[str, Any], region: str) -> Any:
        name = next(name for name, _ in self._of_type("AWS::Logs::LogGroup", region) if "waf" in name)
        destination = f"arn:aws:logs:{region}:{ACCOUNT}:log-group:{name}"
        return {
            "LoggingConfiguration": {
                "ResourceArn": parameters["ResourceArn"],
                "LogDestinationConfigs": [destination],
            }
        }

    def _of_function(self, type_name: str, function: str) -> Mapping[str, Any]:
        """Return the properties of the version or the alias of a function."""
        return next(
            properties for arn, properties in self._of_type(type_name) if f":function:{function}:" in arn
        )

    def _get_function_configuration(self, parameters: Mapping[str, Any], _: str) -> Any:
        version = self._of_function("AWS::Lambda::Version", parameters["FunctionName"])
        return {
            "Version": "7",
            "State": "Active",
            "LastUpdateStatus": "Successful",
            "Description": version["Description"],
            "CodeSize": PACKAGE["ContentLength"],
            "CodeSha256": PACKAGE["ChecksumSHA256"],
            "Environment": {"Variables": {"TOKEN": SECRETS[0]}},
        }

    def _get_provisioned_concurrency_config(self, parameters: Mapping[str, Any], _: str) -> Any:
        alias = self._of_function("AWS::Lambda::Alias", parameters["FunctionName"])
        if "ProvisionedConcurrencyConfig" not in alias:
            raise AwsError("ProvisionedConcurrencyConfigNotFoundException")
        wanted = int(alias["ProvisionedConcurrencyConfig"]["ProvisionedConcurrentExecutions"])
        return {
            "RequestedProvisionedConcurrentExecutions": wanted,
            "AllocatedProvisionedConcurrentExecutions": wanted,
            "Status": "READY",
        }

    def _head_object(self, *_: Any) -> Any:
        return PACKAGE

    def _instances(self) -> list[dict[str, Any]]:
        instances = self._of_type("AWS::RDS::DBInstance")
        database = next(stack for stack in self.environment.stacks if stack.of_type("AWS::RDS::DBInstance"))
        return [
            {
                "DBInstanceIdentifier": name,
                "DBInstanceStatus": "available",
                "DBInstanceClass": properties["DBInstanceClass"],
                "PromotionTier": properties["PromotionTier"],
                "PendingModifiedValues": {},
                "AvailabilityZone": self.environment.resolved_value(database, properties["AvailabilityZone"]),
                "DBParameterGroups": [
                    {
                        "DBParameterGroupName": f"id-{properties['DBParameterGroupName']['Ref']}",
                        "ParameterApplyStatus": "in-sync",
                    }
                ],
            }
            for name, properties in instances
        ]

    def _describe_db_instances(self, *_: Any) -> Any:
        return {"DBInstances": self._instances()}

    def _describe_db_clusters(self, parameters: Mapping[str, Any], _: str) -> Any:
        ((name, properties),) = self._of_type("AWS::RDS::DBCluster")
        if parameters["DBClusterIdentifier"] != name:
            raise AwsError("DBClusterNotFoundFault")
        return {
            "DBClusters": [
                {
                    "DBClusterIdentifier": parameters["DBClusterIdentifier"],
                    "Status": "available",
                    "DeletionProtection": properties["DeletionProtection"] == "true",
                    "EnabledCloudwatchLogsExports": properties["EnableCloudwatchLogsExports"],
                    "EngineVersion": properties["EngineVersion"],
                    "DBClusterParameterGroup": f"id-{properties['DBClusterParameterGroupName']['Ref']}",
                    "BackupRetentionPeriod": properties["BackupRetentionPeriod"],
                    "PendingModifiedValues": {},
                    "DBClusterMembers": [
                        {
                            "DBInstanceIdentifier": instance["DBInstanceIdentifier"],
                            "IsClusterWriter": instance["PromotionTier"] == 0,
                            "PromotionTier": instance["PromotionTier"],
                            "DBClusterParameterGroupStatus": "in-sync",
                        }
                        for instance in self._instances()
                    ],
                }
            ]
        }

    def _describe_event_subscriptions(self, parameters: Mapping[str, Any], region: str) -> Any:
        subscription = dict(self._of_type("AWS::RDS::EventSubscription"))[parameters["SubscriptionName"]]
        return {
            "EventSubscriptionsList": [
                {
                    "CustSubscriptionId": parameters["SubscriptionName"],
                    "Status": "active",
                    "Enabled": True,
                    "SnsTopicArn": _topic(region, subscription["SnsTopicArn"]["Ref"]),
                    "EventCategoriesList": list(subscription["EventCategories"]),
                    "SourceIdsList": [self._source(source["Ref"]) for source in subscription["SourceIds"]],
                }
            ]
        }

    def _source(self, logical_id: str) -> str:
        """Return the ID of the cluster or the instance with a logical ID."""
        database = next(stack for stack in self.environment.stacks if logical_id in stack.resources)
        return self._stacks.resources(database)[logical_id]

    def _describe_log_groups(self, parameters: Mapping[str, Any], region: str) -> Any:
        prefix = parameters["logGroupNamePrefix"]
        return {
            "logGroups": [
                {"logGroupName": name, "retentionInDays": int(group["RetentionInDays"])}
                for name, group in self._of_type("AWS::Logs::LogGroup", region)
                if name.startswith(prefix)
            ]
        }

    def _describe_secret(self, parameters: Mapping[str, Any], region: str) -> Any:
        secrets = self._of_type("AWS::SecretsManager::Secret")
        replicas = next(
            properties.get("ReplicaRegions", [])
            for _, properties in secrets
            if properties["Name"] == parameters["SecretId"]
        )
        return {
            "Name": parameters["SecretId"],
            "VersionIdsToStages": {"2": ["AWSCURRENT"], "1": ["AWSPREVIOUS"]},
            "ReplicationStatus": [{"Region": replica["Region"], "Status": "InSync"} for replica in replicas],
        }

    def _list_secret_version_ids(self, *_: Any) -> Any:
        return {
            "Versions": [
                {
                    "VersionId": "2",
                    "VersionStages": ["AWSCURRENT"],
                    "CreatedDate": KEY_CREATED - timedelta(hours=1),
                },
                {
                    "VersionId": "1",
                    "VersionStages": ["AWSPREVIOUS"],
                    "CreatedDate": KEY_CREATED - timedelta(days=9),
                },
            ]
        }

    def _describe_alarms(self, _: Mapping[str, Any], region: str) -> Any:
        return {
            "MetricAlarms": [
                {
                    **_settings(properties, region),
                    "AlarmName": name,
                    "StateValue": "OK",
                    "ActionsEnabled": True,
                    "StateUpdatedTimestamp": NOW - timedelta(days=2),
                }
                for name, properties in self._of_type("AWS::CloudWatch::Alarm", region)
            ]
        }

    def _list_alarm_mute_rules(self, *_: Any) -> Any:
        return {"AlarmMuteRuleSummaries": []}

    def _get_alarm_mute_rule(self, parameters: Mapping[str, Any], region: str) -> Any:
        rule = {
            "Name": parameters["AlarmMuteRuleName"],
            "Status": "ACTIVE",
            "MuteTargets": {
                "AlarmNames": [name for name, _ in self._of_type("AWS::CloudWatch::Alarm", region)]
            },
        }
        if rule["Name"] in ("forever", "tonight"):
            schedule = {"Expression": "cron(0 2 * * *)", "Duration": "PT4H"}
            ends = {"ExpireDate": NOW + timedelta(hours=6)} if rule["Name"] == "tonight" else {}
            return {**rule, "MuteType": "RECURRING", "Rule": {"Schedule": schedule}, **ends}
        schedule = {"Expression": "at(2026-11-29T10:00)", "Duration": rule["Name"]}
        return {**rule, "MuteType": "ONE_TIME", "Rule": {"Schedule": schedule}}

    def _describe_log_streams(self, *_: Any) -> Any:
        newest = int((NOW - timedelta(hours=1)).timestamp() * 1000)
        return {"logStreams": [{"logStreamName": "s", "lastIngestionTime": newest}]}

    def _describe_deliveries(self, _: Mapping[str, Any], region: str) -> Any:
        sources = self._of_type("AWS::Logs::DeliverySource", region)
        names = [name for name, _ in self._of_type("AWS::Logs::DeliveryDestination", region)]
        arn = f"arn:aws:logs:{region}:{ACCOUNT}:delivery-destination:{names[0] if names else ''}"
        return {
            "deliveries": [
                {"id": "1", "deliverySourceName": name, "deliveryDestinationArn": arn} for name, _ in sources
            ]
        }

    def _get_function_concurrency(self, parameters: Mapping[str, Any], _: str) -> Any:
        properties = dict(self._of_type("AWS::Lambda::Function"))[parameters["FunctionName"]]
        if "ReservedConcurrentExecutions" not in properties:
            return {}
        return {"ReservedConcurrentExecutions": int(properties["ReservedConcurrentExecutions"])}

    def _get_web_acl(self, *_args: Any) -> Any:
        ((_id, properties),) = self._of_type("AWS::WAFv2::WebACL")
        return {"WebACL": {"Name": "waf", "Rules": properties["Rules"]}}

    def _describe_route_tables(self, _parameters: Mapping[str, Any], region: str) -> Any:
        tables: dict[str, list[dict[str, Any]]] = {
            name: [] for name, _ in self._of_type("AWS::EC2::RouteTable", region)
        }
        for _, route in self._of_type("AWS::EC2::Route", region):
            target = {
                name: f"id-{route[name]['Ref']}" for name in ("NatGatewayId", "GatewayId") if name in route
            }
            entry = {"DestinationCidrBlock": route.get("DestinationCidrBlock"), "State": "active", **target}
            tables.setdefault(f"id-{route['RouteTableId']['Ref']}", []).append(entry)
        local = {"DestinationCidrBlock": "10.0.0.0/16", "Origin": "CreateRouteTable", "State": "active"}
        endpoint = {"DestinationPrefixListId": "pl-1", "Origin": "CreateRoute", "State": "active"}
        for routes in tables.values():
            routes += [local, endpoint]
        return {"RouteTables": [{"RouteTableId": name, "Routes": routes} for name, routes in tables.items()]}

    def _describe_nat_gateways(self, _parameters: Mapping[str, Any], region: str) -> Any:
        return {
            "NatGateways": [
                {
                    "NatGatewayId": name,
                    "SubnetId": "subnet-1",
                    "State": "available",
                    "NatGatewayAddresses": [{"PublicIp": f"id-{gateway['AllocationId']['Fn::GetAtt'][0]}"}],
                }
                for name, gateway in self._of_type("AWS::EC2::NatGateway", region)
            ]
        }

    def _describe_security_group_rules(self, parameters: Mapping[str, Any], region: str) -> Any:
        ((group,),) = [entry["Values"] for entry in parameters["Filters"]]
        properties = dict(self._of_type("AWS::EC2::SecurityGroup", region))[group]
        inbound = list(properties.get("SecurityGroupIngress", []))
        outbound = list(properties.get("SecurityGroupEgress", []))
        for _, rule in self._of_type("AWS::EC2::SecurityGroupEgress", region):
            if group == f"id-{rule['GroupId']['Fn::GetAtt'][0]}":
                outbound.append(rule)
        rules = [_rule(rule, is_egress=False) for rule in inbound]
        rules += [_rule(rule, is_egress=True) for rule in outbound]
        return {
            "SecurityGroupRules": [
                {**rule, "GroupId": group, "SecurityGroupRuleId": f"sgr-{number}"}
                for number, rule in enumerate(rules)
            ]
        }

    def _describe_key(self, parameters: Mapping[str, Any], region: str) -> Any:
        arn = f"arn:aws:kms:{region}:{ACCOUNT}:key/{parameters['KeyId']}"
        return {"KeyMetadata": {"KeyId": parameters["KeyId"], "Arn": arn, "KeyState": "Enabled"}}

    def _list_subscriptions_by_topic(self, parameters: Mapping[str, Any], _: str) -> Any:
        topic = parameters["TopicArn"]
        email = {
            "SubscriptionArn": f"{topic}:1",
            "Protocol": "email",
            "Endpoint": "operators@example.com",
        }
        if not topic.endswith(SMS_TOPICS):
            return {"Subscriptions": [email]}
        sms = {"SubscriptionArn": f"{topic}:2", "Protocol": "sms", "Endpoint": "+819012345678"}
        return {"Subscriptions": [email, sms]}

    def _get_subscription_attributes(self, *_: Any) -> Any:
        return {"Attributes": {"PendingConfirmation": "false", "Endpoint": "operators@example.com"}}

    def _get_topic_attributes(self, parameters: Mapping[str, Any], region: str) -> Any:
        logical_id = parameters["TopicArn"].rpartition(":")[2]
        for _, properties in self._of_type("AWS::SNS::TopicPolicy", region):
            if {"Ref": logical_id} in properties["Topics"]:
                return {"Attributes": {"Policy": json.dumps(properties["PolicyDocument"])}}
        raise AwsError("NotFound")

    def _get_sms_sandbox_account_status(self, *_: Any) -> Any:
        return {"IsInSandbox": False}

    def _get_sms_attributes(self, *_: Any) -> Any:
        return {"attributes": {"MonthlySpendLimit": "50"}}

    def _describe_certificate(self, *_: Any) -> Any:
        return {
            "Certificate": {
                "Status": "ISSUED",
                "DomainName": "www.example.com",
                "RenewalSummary": {"RenewalStatus": "SUCCESS"},
                "NotAfter": NOW + timedelta(days=150),
            }
        }

    def _get(self, parameters: Mapping[str, Any], _: str) -> Any:
        if "execute-api" in parameters["Url"]:
            return {"status": 403, "location": "", "errorType": "ForbiddenException"}
        return {"status": 200, "location": "", "errorType": ""}


def _physical_id(stack: EnvironmentStack, logical_id: str, resource: Mapping[str, Any]) -> str:
    """Return what Ref returns for a resource; it is made up where AWS generates it."""
    properties = resource.get("Properties", {})
    match resource["Type"]:
        case "AWS::Lambda::Version":
            return f"{_function(stack, properties)}:7"
        case "AWS::Lambda::Alias":
            return f"{_function(stack, properties)}:{properties['Name']}"
        case "AWS::SNS::Topic":
            return _topic(stack.region, logical_id)
        case "AWS::WAFv2::WebACL":
            return "waf|1|CLOUDFRONT"
        case "AWS::ApiGateway::Stage":
            return str(properties["StageName"])
        case "AWS::ApiGateway::RestApi":
            return "abcdefghij"
        case "AWS::RDS::DBCluster":
            return str(properties["DBClusterIdentifier"])
    names = ("AlarmName", "LogGroupName", "Name")
    named = next((properties[name] for name in names if isinstance(properties.get(name), str)), None)
    return named or f"id-{logical_id}"


def _rule(rule: Mapping[str, Any], *, is_egress: bool) -> dict[str, Any]:
    """Return a rule of a security group as EC2 returns it: numbers, and -1 for all protocols or ports."""
    answer: dict[str, Any] = {
        "IsEgress": is_egress,
        "IpProtocol": rule["IpProtocol"],
        "FromPort": int(rule.get("FromPort", -1)),
        "ToPort": int(rule.get("ToPort", -1)),
    }
    for peer in ("SourceSecurityGroupId", "DestinationSecurityGroupId"):
        if peer in rule:
            return {**answer, "ReferencedGroupInfo": {"GroupId": f"id-{rule[peer]['Fn::GetAtt'][0]}"}}
    return {**answer, "CidrIpv4": rule["CidrIp"]}


def _topic(region: str, logical_id: str) -> str:
    return f"arn:aws:sns:{region}:{ACCOUNT}:{logical_id}"


def _settings(properties: Mapping[str, Any], region: str) -> dict[str, Any]:
    """Return the settings of an alarm as CloudWatch returns them: numbers, and the ARNs of topics."""
    settings = dict(properties)
    for name in ("Period", "EvaluationPeriods", "DatapointsToAlarm", "Threshold"):
        if name in settings:
            settings[name] = float(settings[name])
    for name in ("AlarmActions", "OKActions"):
        settings[name] = [_topic(region, topic["Ref"]) for topic in settings.get(name, [])]
    return {**settings, "InsufficientDataActions": []}


def _function(stack: EnvironmentStack, properties: Mapping[str, Any]) -> str:
    """Return the ARN of the function of a version or an alias."""
    function = stack.resources[properties["FunctionName"]["Ref"]]
    return f"arn:aws:lambda:{stack.region}:{ACCOUNT}:function:{function['Properties']['FunctionName']}"
