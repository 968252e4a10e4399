"""Responses that moto does not support. Tests of preflight do not define responses anywhere else.

They have the structure of boto3's responses and the values of the AWS documentation. ``Recorder`` also
records every call, and can make a call fail in the same way as AWS.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

from csr_templates.preflight.resolved_environment import EnvironmentStack, ResolvedEnvironment

TOKYO: Final = "ap-northeast-1"
VIRGINIA: Final = "us-east-1"
CREATED: Final = datetime(2026, 10, 30, 3, 0, tzinfo=UTC)
DETECTED: Final = datetime(2026, 11, 28, 3, 0, tzinfo=UTC)
ZONES: Final = ("ap-northeast-1a", "ap-northeast-1c", "ap-northeast-1d")

# The reason why a response does not come from moto.
NOT_IN_MOTO: Final = {
    "apigateway": "moto needs a dozen further packages for it",
    "cloudformation": "moto needs apigateway for it, and lacks half of our types, and DescribeEvents",
    "cloudfront ListCachePolicies": "moto does not have it",
    "cloudfront ListConflictingAliases": "moto does not have it",
    "cloudfront ListResponseHeadersPolicies": "moto does not have it",
    "lambda GetAccountSettings": "moto does not have it",
    "rds DescribeAccountAttributes": "moto does not have it",
    "rds DescribeDBEngineVersions": "moto does not have it",
    "rds DescribeDBMajorEngineVersions": "moto does not have it",
    "rds DescribeOrderableDBInstanceOptions": "moto's list has no aurora-mysql of today",
    "route53 GetAccountLimit": "moto does not have it",
    "service-quotas GetAWSDefaultServiceQuota": "moto does not have it",
    "service-quotas GetServiceQuota": "moto has the quotas of VPCs only",
    "wafv2 CheckCapacity": "moto does not have it",
}


class AwsError(Exception):
    """An error response of AWS."""

    def __init__(self, code: str, message: str = "", status: int = 400) -> None:
        super().__init__(code)
        self.code, self.message, self.status = code, message, status


class Call(NamedTuple):
    """A recorded call."""

    service: str
    operation: str
    region: str
    parameters: Mapping[str, Any]


class _Http(NamedTuple):
    status_code: int


class Stacks:
    """The content of CloudFormation: the deployed stacks, and the IDs of their resources."""

    def __init__(self, environment: ResolvedEnvironment) -> None:
        self.environment = environment
        self.status: dict[str, str] = {}  # deployed stacks
        self.parameters: dict[str, dict[str, str]] = {}  # differences from the needs
        self.without: set[str] = set()  # logical IDs that are not deployed
        self.ids: dict[str, str] = {}  # logical ID -> physical ID
        self.foreign: dict[str, str] = {}  # physical ID -> stack, outside of the set
        self.exports: dict[str, bool] = {}  # name -> False if removed
        self.gone_outputs: set[str] = set()

    def deploy(self, *names: str) -> None:
        """Deploy stacks of the set."""
        for stack in self.environment.stacks:
            if not names or stack.name in names:
                self.status[stack.deployed_name] = "CREATE_COMPLETE"

    def _summaries(self, stack_name: str) -> list[dict[str, str]]:
        """Return the resources of a stack; none if it is not of the environment."""
        stack = self._of(stack_name)
        if stack is None:
            return []
        return [
            {
                "LogicalResourceId": name,
                "PhysicalResourceId": physical_id,
                "ResourceType": stack.resources[name]["Type"],
                "ResourceStatus": "CREATE_COMPLETE",
            }
            for name, physical_id in self.resources(stack).items()
        ]

    def _export_names(self, region: str) -> list[str]:
        """Return the exports of the deployed stacks of a region."""
        names: list[str] = []
        for stack in self.environment.stacks:
            if stack.region == region and stack.deployed_name in self.status:
                exported = [output for output in stack.outputs.values() if "Export" in output]
                names += [output["Export"]["Name"] for output in exported]
        return names

    def _of(self, name: str) -> EnvironmentStack | None:
        return next((stack for stack in self.environment.stacks if name in (stack.deployed_name,)), None)

    def physical_id(self, logical_id: str, properties: Mapping[str, Any]) -> str:
        """Return the ID of a resource in the account."""
        named = next((properties[key] for key in properties if key.endswith("Name")), None)
        return self.ids.get(logical_id) or (named if isinstance(named, str) else f"id-{logical_id}")

    def resources(self, stack: EnvironmentStack) -> dict[str, str]:
        """Return logical ID -> physical ID."""
        return {
            name: self.physical_id(name, resource.get("Properties", {}))
            for name, resource in stack.resources.items()
            if name not in self.without
        }

    def describe(self, name: str) -> dict[str, Any]:
        """Return the response of DescribeStacks."""
        if name not in self.status:
            raise AwsError("ValidationError", f"Stack with id {name} does not exist")
        stack = self._of(name)
        values = {**(stack.values if stack else {}), **self.parameters.get(name, {})}
        region = stack.region if stack else TOKYO
        return {
            "StackName": name,
            "StackId": f"arn:aws:cloudformation:{region}:123456789012:stack/{name}/1",
            "StackStatus": self.status[name],
            "CreationTime": CREATED,
            "DriftInformation": {"StackDriftStatus": "IN_SYNC", "LastCheckTimestamp": DETECTED},
            "EnableTerminationProtection": True,
            "Parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in values.items()],
            "Outputs": [
                {"OutputKey": key, "OutputValue": value} for key, value in self._outputs(name, stack).items()
            ],
        }

    def _outputs(self, name: str, stack: EnvironmentStack | None) -> dict[str, str]:
        """Return the outputs of a stack: the IDs of resources, and a text for everything else."""
        if not stack or self.status[name] == "REVIEW_IN_PROGRESS":
            return {}
        ids = self.resources(stack)
        values = {}
        for key, output in stack.outputs.items():
            value = output["Value"]
            if key in self.gone_outputs:
                continue
            values[key] = f"output-{key}"
            if isinstance(value, dict) and value.get("Ref") in ids:
                values[key] = ids[value["Ref"]]
        return values

    def answer(self, operation: str, parameters: Mapping[str, Any], region: str) -> dict[str, Any]:
        """Return the response to a call of CloudFormation."""
        match operation:
            case "DescribeStacks":
                return {"Stacks": [self.describe(parameters["StackName"])]}
            case "ListStackResources":
                return {"StackResourceSummaries": self._summaries(parameters["StackName"])}
            case "ListExports":
                names = [name for name in self._export_names(region) if self.exports.get(name, True)]
                return {"Exports": [{"Name": name, "Value": "-"} for name in names]}
            case "DescribeStackResources":
                return {"StackResources": [self._owner(parameters["PhysicalResourceId"])]}
        raise AssertionError(operation)

    def _owner(self, physical_id: str) -> dict[str, Any]:
        owner = self.foreign.get(physical_id)
        for stack in self.environment.stacks:
            if stack.deployed_name in self.status and physical_id in self.resources(stack).values():
                owner = stack.deployed_name
        if owner is None:
            raise AwsError("ValidationError", f"Stack for {physical_id} does not exist")
        return {"StackName": owner, "PhysicalResourceId": physical_id}


class Recorder:
    """Responds to calls that moto does not support, and records every call.

    Attributes:
        stacks: the content of CloudFormation.
        made: the calls, in their order.
        failing: service and operation -> the error response.
        concurrency: of the account, and its unreserved part.
    """

    def __init__(self, environment: ResolvedEnvironment) -> None:
        self.stacks = Stacks(environment)
        self.made: list[Call] = []
        self.failing: dict[tuple[str, str], AwsError] = {}
        self.concurrency = (1_000, 500)
        self.unzipped = 262_144_000
        self.logging_role = ""
        self.apis: list[dict[str, Any]] = []
        self.usage_plans: list[dict[str, Any]] = []
        self.quotas: dict[str, float] = {}  # code -> applied value
        self.defaults: dict[str, float] = {}  # code -> AWS's default
        self.database_quotas = {
            "DBClusters": (1, 40),
            "DBInstances": (2, 40),
            "EventSubscriptions": (4, 20),
            "DBSubnetGroups": (1, 50),
            "DBClusterParameterGroups": (1, 50),
            "DBParameterGroups": (1, 50),
            "ManualClusterSnapshots": (3, 100),
        }
        self.versions = {"8.0.mysql_aurora.3.10.": "available"}  # start of a version -> its status
        self.support_days = 400  # until the standard support of each major version ends
        self.orderable: list[dict[str, Any]] = [
            {
                "AvailabilityZones": [{"Name": zone} for zone in ZONES],
                "SupportsPerformanceInsights": False,  # of db.t3 classes for Aurora MySQL
                "SupportsEnhancedMonitoring": True,
            }
        ]
        self.cache_policies: list[str] = []
        self.headers_policies: list[str] = []
        self.conflicting: list[dict[str, Any]] = []
        self.health_checks = (1, 200)
        self.capacity = 1_300

    def register(self, session: Any) -> None:
        """Record, and if necessary respond to, all calls of the clients that the session creates later."""
        session.events.register("before-parameter-build", self._remember)
        session.events.register("before-call", self._answer)

    def _remember(self, params: Any, model: Any, context: Any, **_: Any) -> None:
        context["given"] = dict(params)

    def _answer(self, model: Any, context: Any, **_: Any) -> Any:
        service = model.service_model.service_name
        region = context["client_region"]
        self.made.append(Call(service, model.name, region, context["given"]))
        try:
            if error := self.failing.get((service, model.name)) or self.failing.get((service, "")):
                raise error
            if service in NOT_IN_MOTO or f"{service} {model.name}" in NOT_IN_MOTO:
                return _Http(200), {
                    **self._made_up(service, model.name, context["given"], region),
                    "ResponseMetadata": {},
                }
        except AwsError as error:
            answer = {"Error": {"Code": error.code, "Message": error.message}, "ResponseMetadata": {}}
            return _Http(error.status), answer
        return None

    def _made_up(self, service: str, operation: str, given: Mapping[str, Any], region: str) -> dict[str, Any]:
        if service == "cloudformation":
            return self.stacks.answer(operation, given, region)
        answers: dict[str, Callable[[], dict[str, Any]]] = {
            "GetAccount": lambda: {"cloudwatchRoleArn": self.logging_role} if self.logging_role else {},
            "GetRestApis": lambda: {"items": self.apis},
            "GetUsagePlans": lambda: {"items": self.usage_plans},
            "GetAccountSettings": lambda: {
                "AccountLimit": {
                    "CodeSizeUnzipped": self.unzipped,
                    "ConcurrentExecutions": self.concurrency[0],
                    "UnreservedConcurrentExecutions": self.concurrency[1],
                }
            },
            "DescribeAccountAttributes": lambda: {
                "AccountQuotas": [
                    {"AccountQuotaName": name, "Used": used, "Max": most}
                    for name, (used, most) in self.database_quotas.items()
                ]
            },
            "DescribeDBEngineVersions": lambda: {"DBEngineVersions": self._versions(given["EngineVersion"])},
            "DescribeDBMajorEngineVersions": lambda: {
                "DBMajorEngineVersions": [self._major_version(given["MajorEngineVersion"])]
            },
            "DescribeOrderableDBInstanceOptions": lambda: {"OrderableDBInstanceOptions": self.orderable},
            "GetServiceQuota": lambda: self._quota(self.quotas, given["QuotaCode"]),
            "GetAWSDefaultServiceQuota": lambda: self._quota(self.defaults, given["QuotaCode"]),
            "ListCachePolicies": lambda: {
                "CachePolicyList": {
                    "Items": [
                        {"Type": "custom", "CachePolicy": {"Id": name, "CachePolicyConfig": {"Name": name}}}
                        for name in self.cache_policies
                    ]
                }
            },
            "ListResponseHeadersPolicies": lambda: {
                "ResponseHeadersPolicyList": {
                    "Items": [
                        {"ResponseHeadersPolicy": {"Id": name, "ResponseHeadersPolicyConfig": {"Name": name}}}
                        for name in self.headers_policies
                    ]
                }
            },
            "ListConflictingAliases": lambda: {"ConflictingAliasesList": {"Items": self.conflicting}},
            "GetAccountLimit": lambda: {
                "Count": self.health_checks[0],
                "Limit": {"Type": given["Type"], "Value": self.health_checks[1]},
            },
            "CheckCapacity": lambda: {"Capacity": self.capacity},
        }
        return answers[operation]()

    def _versions(self, version: str) -> list[dict[str, Any]]:
        return [
            {
                "EngineVersion": version,
                "Status": status,
                "ValidUpgradeTarget": [{"EngineVersion": "8.0.mysql_aurora.3.10.3"}],
            }
            for start, status in self.versions.items()
            if version.startswith(start)
        ]

    def _major_version(self, version: str) -> dict[str, Any]:
        start = datetime.now(UTC) + timedelta(days=self.support_days)
        names = ("open-source-rds-standard-support", "open-source-rds-extended-support")
        ends = (start, start + timedelta(days=365))
        return {
            "MajorEngineVersion": version,
            "SupportedEngineLifecycles": [
                {"LifecycleSupportName": name, "LifecycleSupportEndDate": end}
                for name, end in zip(names, ends, strict=True)
            ],
        }

    @staticmethod
    def _quota(values: Mapping[str, float], code: str) -> dict[str, Any]:
        if code not in values:
            raise AwsError("NoSuchResourceException", "The request failed because of an invalid quota code.")
        return {"Quota": {"QuotaName": code, "QuotaCode": code, "Value": values[code]}}
