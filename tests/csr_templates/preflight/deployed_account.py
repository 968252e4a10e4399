"""CloudFormation of an account, answered from memory, for what is deployed of a small system.

moto has neither all states of a stack nor the last drift result, and needs a server. The answers have the
structure of boto3's; calls, pages and errors pass through botocore as those of AWS do.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cfn_analysis.model.template_text import read_template
from tests.data import read_yaml

from .recorded import AwsError, Call

if TYPE_CHECKING:
    from collections.abc import Mapping

    from csr_templates.hand_over.built_folder import BuiltFolder
    from csr_templates.preflight.checked_account import CheckedAccount

ACCOUNT: Final = "123456789012"
TOKYO: Final = "ap-northeast-1"
VIRGINIA: Final = "us-east-1"
CALLER: Final = f"arn:aws:sts::{ACCOUNT}:assumed-role/reader/me"
DATE: Final = "2026-11-20T01:02:03Z"

DATA: Final = read_yaml(Path(__file__).with_name("deployed_states.yaml"))
NETWORK: Final[str] = DATA["templates"]["network"]
API: Final[str] = DATA["templates"]["api"]
SITE: Final[str] = DATA["templates"]["site"]
POLICY: Final = {"Statement": [{"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}]}


@dataclass
class MockStack:
    """A deployed stack, with the keys of DescribeStacks that are of interest."""

    name: str
    region: str
    template: str
    parameters: dict[str, str]
    resolved: dict[str, str] = field(default_factory=dict)
    status: str = "UPDATE_COMPLETE"
    policy: str = json.dumps(POLICY)
    protected: bool = True
    tags: dict[str, str] = field(default_factory=dict)
    triggers: list[str] = field(default_factory=list)
    drift: dict[str, str] = field(default_factory=lambda: {"StackDriftStatus": "NOT_CHECKED"})
    drifted: list[str] = field(default_factory=list)
    alias: str = ""

    @property
    def id(self) -> str:
        """The ID (ARN) of the stack."""
        return f"arn:aws:cloudformation:{self.region}:{ACCOUNT}:stack/{self.name}/1"

    def description(self) -> dict[str, Any]:
        """Return the answer of DescribeStacks."""
        return {
            "StackName": self.name,
            "StackId": self.id,
            "StackStatus": self.status,
            "CreationTime": DATE,
            "LastUpdatedTime": DATE,
            "Parameters": [
                {
                    "ParameterKey": key,
                    "ParameterValue": value,
                    **({"ResolvedValue": self.resolved[key]} if key in self.resolved else {}),
                }
                for key, value in self.parameters.items()
            ],
            "Tags": [{"Key": key, "Value": value} for key, value in self.tags.items()],
            "EnableTerminationProtection": self.protected,
            "DriftInformation": self.drift,
            "RollbackConfiguration": {
                "RollbackTriggers": [{"Arn": arn, "Type": "AWS::CloudWatch::Alarm"} for arn in self.triggers]
            },
        }


class _Http:
    def __init__(self, status: int) -> None:
        self.status_code = status


class DeployedAccount:
    """The stacks of an account, and the calls that were made.

    Attributes:
        stacks: the stacks of all regions.
        imports: name of an export -> stacks that import it.
        failing: operation -> the error of all its calls, or of those whose parameters contain a text.
        made: the calls.
        client: the account as the commands call it.
        seconds: how long each call takes.
    """

    def __init__(self, client: CheckedAccount) -> None:
        self.client = client
        self.seconds = 0.0
        self.stacks: list[MockStack] = []
        self.imports: dict[str, list[str]] = {}
        self.failing: dict[str, AwsError] = {}
        self.made: list[Call] = []
        client.session.events.register("before-parameter-build", self._remember)
        client.session.events.register("before-call", self._answer)

    def stack(self, name: str) -> MockStack:
        """Return a stack by the end of its name."""
        return next(stack for stack in self.stacks if stack.name.endswith(f"-{name}"))

    def reset(self) -> None:
        """Deploy the small system as it was built."""
        names = {"ProjectName": "shop", "Environment": "prod"}
        tags = {"Project": "shop", "Environment": "prod"}
        api = {"Password": "****", "Release": "v7", "Image": "/image"}
        self.stacks = [
            MockStack("shop-prod-network", TOKYO, NETWORK, {**names, "Label": "jobs"}, tags=dict(tags)),
            MockStack("shop-prod-api", TOKYO, API, {**names, **api}, {"Image": "image-1"}, tags=dict(tags)),
            MockStack("shop-prod-site", VIRGINIA, SITE, dict(names), tags=dict(tags)),
            MockStack("blog-prod-web", TOKYO, SITE, {"ProjectName": "blog", "Environment": "prod"}),
        ]
        self.imports = {"shop-prod-QueueArn": ["shop-prod-api"]}
        self.failing.clear()
        self.made.clear()

    def change(self, state: Mapping[str, Any]) -> None:
        """Change what is deployed as a state of the data says."""
        for name, (old, new) in state.get("edit", {}).items():
            stack = self.stack(name)
            assert old in stack.template
            stack.template = stack.template.replace(old, new)
        for name, values in state.get("set", {}).items():
            vars(self.stack(name)).update(values)
        self.imports["shop-prod-QueueArn"] = state.get("imports", ["shop-prod-api"])

    def deploy(self, folder: BuiltFolder, environment: str) -> None:
        """Deploy an environment of an output folder as it was built."""
        self.stacks = []
        for stack in folder.stacks:
            values = dict(folder.environments[environment][stack.name])
            name = f"{values['ProjectName']}-{values['Environment']}-{stack.name}"
            values |= {key: stack.default(key) or "-" for key in stack.parameters if key not in values}
            policy = json.dumps(stack.policies.stack)
            self.stacks.append(MockStack(name, stack.region, stack.text, values, policy=policy))

    def _remember(self, params: Any, context: Any, **_: Any) -> None:
        context["given"] = dict(params)

    def _answer(self, model: Any, context: Any, **_: Any) -> Any:
        given = context["given"]
        region = context["client_region"]
        self.made.append(Call(model.service_model.service_name, model.name, region, given))
        time.sleep(self.seconds)
        try:
            if error := self.failing.get(model.name) or self.failing.get(f"{model.name} {region}"):
                raise error
            return _Http(200), {**self._made_up(model.name, given, region), "ResponseMetadata": {}}
        except AwsError as error:
            answer = {"Error": {"Code": error.code, "Message": error.message}, "ResponseMetadata": {}}
            return _Http(error.status), answer

    def _made_up(self, operation: str, given: Mapping[str, Any], region: str) -> dict[str, Any]:
        here = [stack for stack in self.stacks if stack.region == region]
        match operation:
            case "GetCallerIdentity":
                return {"Account": ACCOUNT, "Arn": CALLER}
            case "DescribeStacks":
                return {"Stacks": [self._find(given["StackName"], region).description()]}
            case "GetTemplate":
                assert given["TemplateStage"] == "Original"
                return {"TemplateBody": self._find(given["StackName"], region).template}
            case "GetStackPolicy":
                policy = self._find(given["StackName"], region).policy
                return {"StackPolicyBody": policy} if policy else {}
            case "ListStackResources":
                return {"StackResourceSummaries": self._resources(self._find(given["StackName"], region))}
            case "ListStacks":
                listed = [stack for stack in here if stack.status in given["StackStatusFilter"]]
                return {"StackSummaries": [{"StackName": one.name, "StackId": one.id} for one in listed]}
            case "ListExports":
                exports: list[dict[str, str]] = []
                for stack in here:
                    exports += _exports(stack)
                return {"Exports": exports}
            case "ListImports":
                if names := self.imports.get(given["ExportName"]):
                    return {"Imports": names}
                raise AwsError(
                    "ValidationError", f"Export '{given['ExportName']}' is not imported by any stack."
                )
        raise AssertionError(operation)

    def _find(self, name: str, region: str) -> MockStack:
        for stack in self.stacks:
            if stack.region == region and name in (stack.name, stack.id, stack.alias):
                return stack
        raise AwsError("ValidationError", f"Stack with id {name} does not exist")

    @staticmethod
    def _resources(stack: MockStack) -> list[dict[str, Any]]:
        return [
            {
                "LogicalResourceId": name,
                "PhysicalResourceId": f"id-{name}",
                "ResourceType": "-",
                "ResourceStatus": "UPDATE_COMPLETE",
                "DriftInformation": {
                    "StackResourceDriftStatus": "MODIFIED" if name in stack.drifted else "IN_SYNC"
                },
            }
            for name in ("Queue", "Topic")
        ]


def _exports(stack: MockStack) -> list[dict[str, str]]:
    if "Transform:" in stack.template:
        return []
    prefix = f"{stack.parameters['ProjectName']}-{stack.parameters['Environment']}-"
    names = [
        str(output["Export"]["Name"]).rpartition("}-")[2].rstrip("'}")
        for output in read_template(stack.template).get("Outputs", {}).values()
        if "Export" in output
    ]
    return [{"Name": f"{prefix}{name}", "Value": "-", "ExportingStackId": stack.id} for name in names]


def write_folder(folder: Path, **templates: str) -> Path:
    """Write the output folder of the small system.

    Args:
        folder: the new folder.
        templates: other templates of stacks; an empty one leaves the stack out.
    """
    known = {"network": NETWORK, "api": API, "site": SITE, **templates}
    values = {"network": {"Label": "jobs"}, "api": {"Image": "/image", "Password": "swordfish"}}
    entries = []
    for name, template in known.items():
        if not template:
            continue
        declared = read_template(template)["Parameters"]
        given = {"ProjectName": "shop", "Environment": "prod", **values.get(name, {})}
        parameters = {
            "Parameters": {key: value for key, value in given.items() if key in declared},
            "Tags": {"Project": "shop", "Environment": "prod"},
        }
        entries.append(
            {
                "name": name,
                "template": f"{name}.yaml",
                "region": VIRGINIA if name == "site" else TOKYO,
                "namePattern": f"${{ProjectName}}-${{Environment}}-{name}",
                "terminationProtection": True,
                "readsFrom": ["network"] if name == "api" else [],
                "perDeploy": ["Release"] if name == "api" else [],
                "parameterFiles": {"prod": f"parameters/{name}.json"},
                "stackPolicy": "policy.json",
                "sections": {},
            }
        )
        (folder / "parameters").mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.yaml").write_text(template, "utf-8")
        (folder / "parameters" / f"{name}.json").write_text(json.dumps(parameters), "utf-8")
    (folder / "policy.json").write_text(json.dumps(POLICY), "utf-8")
    manifest = {"formatVersion": 1, "stacks": entries, "files": {}}
    (folder / "stacks.json").write_text(json.dumps(manifest), "utf-8")
    return folder
