"""What must exist before a resource that does not refer to it."""

import re
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any, NamedTuple

from cfnlint.jsonschema import Validator

from cfn_analysis.rules.support.documents import each
from cfn_analysis.rules.support.references import first_id, sub_text
from cfn_analysis.rules.support.scenarios import only_value
from cfn_analysis.rules.support.values import branches, show, values


def _logs(case: Validator, stage: Any) -> bool:
    """Return whether a stage writes a log."""
    levels = branches(case, stage, "MethodSettings", "*", "LoggingLevel")
    arns = branches(case, stage, "AccessLogSetting", "DestinationArn")
    return any(
        value in ("INFO", "ERROR") for level, where in levels for value, _ in values(where, level)
    ) or any(arn is not None for arn, _ in arns)


def _is_public(case: Validator, properties: Any) -> bool:
    """Return whether a NAT gateway or a load balancer is in the internet."""
    connectivity, scheme = (only_value(case, properties.get(name)) for name in ("ConnectivityType", "Scheme"))
    kind = only_value(case, properties.get("Type"))
    return bool(connectivity != "private" and scheme != "internal" and kind != "gateway")


class Order(NamedTuple):
    """A type of resource, and what must exist before it.

    Both have a key, which connects them if it is the same. A key is a text with properties in braces, after
    the path of the items to which it applies: ``ApiStages: {ApiId}/{Stage}``. ``{SubnetId>VpcId}`` is
    the property of the resource that ``SubnetId`` refers to, and ``{@}`` the resource itself.
    """

    kind: str
    key: str
    first: str
    first_key: str
    does: str
    """What the first does."""
    effect: str
    needs_all: bool = False
    """Whether one of the first that exists is not sufficient."""
    only_if: Callable[[Validator, Any], bool] = lambda _case, _properties: True


GROUP, LISTENER = "AWS::Logs::LogGroup", "AWS::ElasticLoadBalancingV2::Listener"
STAGE, SERVICE, ROUTE = "AWS::ApiGateway::Stage", "AWS::ECS::Service", "AWS::EC2::Route"
ATTACHMENT, DEPLOYMENT = "AWS::EC2::VPCGatewayAttachment", "AWS::ApiGateway::Deployment"
LOG = "the log group that it would create without retention and key"
EXISTS = "the log group fails with 'already exists'"

# Type -> names of the log groups that the service creates with the resource.
LOG_GROUPS = (
    (STAGE, "API-Gateway-Execution-Logs_{RestApiId}/{StageName}"),
    ("AWS::RDS::DBCluster", "/aws/rds/cluster/{DBClusterIdentifier}/{EnableCloudwatchLogsExports}"),
    ("AWS::RDS::DBCluster", "/aws/rds/cluster/{@}/{EnableCloudwatchLogsExports}"),
    ("AWS::RDS::DBInstance", "/aws/rds/instance/{DBInstanceIdentifier}/{EnableCloudwatchLogsExports}"),
    ("AWS::RDS::DBInstance", "/aws/rds/instance/{@}/{EnableCloudwatchLogsExports}"),
    ("AWS::EKS::Cluster", "Logging/ClusterLogging/EnabledTypes: /aws/eks/{/Name}/cluster"),
    ("AWS::EKS::Cluster", "Logging/ClusterLogging/EnabledTypes: /aws/eks/{@}/cluster"),
    ("AWS::EC2::FlowLog", "{LogGroupName}"),
)

ORDERS = (
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigateway-deployment.html
    *(
        Order(
            DEPLOYMENT,
            "{RestApiId}",
            kind,
            "{RestApiId}",
            "a part of the API",
            "that part is not deployed",
            True,
        )
        for kind in ("AWS::ApiGateway::Method", "AWS::ApiGateway::GatewayResponse")
    ),
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-deployment.html
    Order(
        "AWS::ApiGatewayV2::Deployment",
        "{ApiId}",
        "AWS::ApiGatewayV2::Route",
        "{ApiId}",
        "a route of the API",
        "that route is not deployed",
        True,
    ),
    # https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
    Order(
        STAGE,
        "",
        "AWS::ApiGateway::Account",
        "",
        "which sets the role for logs",
        "API Gateway refuses the stage",
        only_if=_logs,
    ),
    # https://github.com/aws/serverless-application-model/issues/1560
    Order(
        "AWS::ApiGateway::UsagePlan",
        "ApiStages: {ApiId}/{Stage}",
        STAGE,
        "{RestApiId}/{StageName}",
        "the stage that it names",
        "the usage plan fails",
    ),
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-dependson.html#gatewayattachment
    *(
        Order(
            ROUTE, "{GatewayId}", ATTACHMENT, f"{{{name}}}", "which attaches the gateway", "the route fails"
        )
        for name in ("InternetGatewayId", "VpnGatewayId")
    ),
    *(
        Order(
            kind,
            key,
            ATTACHMENT,
            "{VpcId}",
            "which connects its VPC to the internet",
            "it fails",
            only_if=_is_public,
        )
        for kind, key in (
            ("AWS::EC2::NatGateway", "{SubnetId>VpcId}"),
            ("AWS::ElasticLoadBalancingV2::LoadBalancer", "{Subnets>VpcId}"),
        )
    ),
    *(
        Order(
            ROUTE,
            "{TransitGatewayId}",
            kind,
            "{TransitGatewayId}",
            "which attaches the VPC to the transit gateway",
            "the route fails",
        )
        for kind in ("AWS::EC2::TransitGatewayAttachment", "AWS::EC2::TransitGatewayVpcAttachment")
    ),
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-service.html
    *(
        Order(
            SERVICE,
            "LoadBalancers: {TargetGroupArn}",
            kind,
            f"{actions}: {{{group}}}",
            "which gives its target group a load balancer",
            "ECS refuses the service",
        )
        for kind, actions in ((LISTENER, "DefaultActions"), (f"{LISTENER}Rule", "Actions"))
        for group in ("TargetGroupArn", "ForwardConfig/TargetGroups/TargetGroupArn")
    ),
    # https://docs.aws.amazon.com/lambda/latest/dg/configuration-filesystem.html
    Order(
        "AWS::Lambda::Function",
        "FileSystemConfigs: {Arn>FileSystemId}",
        "AWS::EFS::MountTarget",
        "{FileSystemId}",
        "a mount target of its file system",
        "Lambda refuses the function",
        True,
    ),
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-rotationschedule.html
    Order(
        "AWS::SecretsManager::RotationSchedule",
        "{SecretId}",
        "AWS::SecretsManager::SecretTargetAttachment",
        "{SecretId}",
        "which adds the address of the database to the secret",
        "the first rotation fails",
    ),
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-config-configrule.html
    Order(
        "AWS::Config::ConfigRule",
        "",
        "AWS::Config::ConfigurationRecorder",
        "",
        "the recorder",
        "AWS Config refuses the rule",
    ),
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cognito-userpoolclient.html
    Order(
        "AWS::Cognito::UserPoolClient",
        "{UserPoolId}/{SupportedIdentityProviders}",
        "AWS::Cognito::UserPoolIdentityProvider",
        "{UserPoolId}/{ProviderName}",
        "the identity provider that it names",
        "Cognito refuses the client",
        True,
    ),
    *(Order(kind, key, GROUP, "{LogGroupName}", LOG, EXISTS) for kind, key in LOG_GROUPS),
)


def keys(resources: Any, logical_id: str, spec: str) -> set[str]:
    """Return the keys of a resource."""
    properties = resources[logical_id].get("Properties", {})
    where, _, form = spec.rpartition(": ")
    fields = re.findall(r"\{([^{}]+)\}", form)
    filled = set()
    for part in _parts(properties, where):
        known = (
            _texts(resources, logical_id, properties if name[0] == "/" else part, name.strip("/"))
            for name in fields
        )
        for values_of in product(*known):
            text = form
            for name, value in zip(fields, values_of, strict=True):
                text = text.replace(f"{{{name}}}", value)
            filled.add(text)
    return filled


def _parts(value: Any, path: str) -> Iterator[Any]:
    """Yield the values at a path: the items of every list, and both branches of an Fn::If."""
    name, _, rest = path.partition("/")
    for part, _ in each(value):
        if not name:
            yield part
        elif isinstance(part, dict) and name in part:
            yield from _parts(part[name], rest)


def _texts(resources: Any, logical_id: str, part: Any, name: str) -> list[str]:
    """Return the texts of a property; those of a property of the resource to which it refers, after ``>``."""
    if name == "@":
        return [f"${{{logical_id}}}"]
    path, _, behind = name.partition(">")
    texts = [sub_text(value) or show(value) for value in _parts(part, path)]
    if not behind:
        return texts
    targets = [resources.get(first_id(text), {}).get("Properties", {}) for text in texts]
    return [sub_text(value) or show(value) for target in targets for value in _parts(target, behind)]
