"""An empty account that refuses actions that its policies do not allow.

moto keeps the account but enforces no policy, and its CloudFormation cannot be loaded without packages that
nothing else needs. So CloudFormation is played here: it creates what a bootstrap template holds in moto, and
of the four stacks what ``World`` has (without resolving what one resource takes from another). Each call of a
command is judged by the evaluator with the policies that moto's IAM then has attached to the caller's role,
and the tags that the role then has. For each resource that CloudFormation would create or delete, so are the
calls of its handlers, with the policies of the service role that was passed.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.request import Request as HttpRequest
from urllib.request import urlopen

from botocore.exceptions import ClientError

from cfn_analysis.model.built_stack import BuiltStack
from cfn_analysis.model.rendering import load
from cfn_analysis.model.resolving import failed_assertions, resolve
from cfn_analysis.model.schemas import iam_action
from tests.csr_templates.hand_over.handlers import RECORDED, TABLES, allowed, needed, requests_of
from tests.csr_templates.hand_over.policy_evaluator import Decision, Document, Request, Value, decide
from tests.docs.aws_cli import Command, CommandError

from .world import CREATED_AT, TOKYO, World

ACCOUNT: Final = "123456789012"  # moto's
PROJECT: Final = "csr-lambda-api-prod"
_CHANGE_SET: Final = f"arn:aws:cloudformation:{{}}:{ACCOUNT}:changeSet/deploy-1/{{}}"
_DEPLOYED: Final = """
Waiting for changeset to be created..
Changeset created successfully. Run the following command to review changes:
aws cloudformation describe-change-set --change-set-name {}
"""


class Rights(NamedTuple):
    """The policies of a role, and the condition keys of its tags."""

    policies: list[Document]
    tags: dict[str, Value]


class DeniedError(CommandError):
    """IAM would deny it."""


@dataclass
class DeployedStack:
    """A stack as in CloudFormation.

    Attributes:
        name: in the account, such as ``csr-lambda-api-prod-network``.
        region: where it is.
        template: the template.
        parameters: what was given.
        status: as CloudFormation calls it.
        role: ARN of the role that CloudFormation acts with; empty for that of the caller.
        is_protected: whether termination protection is on.
        policy: the stack policy.
        outputs: key -> value.
    """

    name: str
    region: str
    template: Mapping[str, Any]
    parameters: dict[str, str]
    status: str = "REVIEW_IN_PROGRESS"
    role: str = ""
    is_protected: bool = False
    policy: str = ""
    outputs: dict[str, str] = field(default_factory=dict)

    @property
    def arn(self) -> str:
        """Its ID."""
        return f"arn:aws:cloudformation:{self.region}:{ACCOUNT}:stack/{self.name}/1f0a"

    @property
    def values(self) -> list[dict[str, str]]:
        """Its parameters, as CloudFormation describes them."""
        declared = self.template["Parameters"].items()
        defaults = {name: str(parameter["Default"]) for name, parameter in declared if "Default" in parameter}
        return [
            {"ParameterKey": key, "ParameterValue": value}
            for key, value in {**defaults, **self.parameters}.items()
        ]

    @property
    def change_set(self) -> str:
        """The ID of its change set."""
        return _CHANGE_SET.format(self.region, self.name)


class Account(World):
    """The account, and who calls.

    Attributes:
        caller: name of the role that the next commands are given with; empty for an administrator.
        stacks: region and name -> stack.
        built: stack as the project names it -> as it is built, for its handlers.
        judged: what was asked, by the name of the role.
        denied: what handlers were denied.
        known: the rights of each role that was asked for since they last changed.
    """

    caller: str
    stacks: dict[tuple[str, str], DeployedStack]
    built: Mapping[str, BuiltStack]
    judged: dict[str, list[str]]
    denied: list[str]
    known: dict[str, Rights]

    def empty(self, built: Mapping[str, BuiltStack]) -> None:
        """Begin."""
        urlopen(HttpRequest(f"{self.endpoint}/moto-api/reset", method="POST")).close()
        self.caller, self.built = "", built
        self.stacks, self.judged, self.denied, self.known = {}, {}, [], {}

    # ---- Who may do what ----

    def rights(self, role: str) -> Rights:
        """Return what moto's IAM has of a role, which only ``_roles`` changes."""
        if role not in self.known:
            iam = self.client("iam", TOKYO)
            policies = []
            for policy in iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]:
                version = iam.get_policy(PolicyArn=policy["PolicyArn"])["Policy"]["DefaultVersionId"]
                version_of_policy = iam.get_policy_version(PolicyArn=policy["PolicyArn"], VersionId=version)
                policies.append(version_of_policy["PolicyVersion"]["Document"])
            tags = iam.list_role_tags(RoleName=role)["Tags"]
            keys = {f"aws:PrincipalTag/{tag['Key']}": tag["Value"] for tag in tags}
            self.known[role] = Rights(policies, keys)
        return self.known[role]

    def judge(self, requests: Iterable[Request]) -> None:
        """Let the caller's policies decide about the requests of a command."""
        if not self.caller:  # the administrator
            return
        policies, tags = self.rights(self.caller)
        for request in requests:
            assert iam_action(request.action), request.action
            region = request.resource.split(":")[3] or "us-east-1"
            keys: dict[str, Value] = {
                "aws:PrincipalAccount": ACCOUNT,
                "aws:RequestedRegion": region,
                "aws:ResourceAccount": ACCOUNT,
            }
            request_of_caller = request._replace(context={**tags, **keys, **request.context})
            if decide(request_of_caller, policies) is not Decision.ALLOW:
                raise DeniedError(f"{self.caller} may not {request.action} on {request.resource}")
            self.judged.setdefault(self.caller, []).append(request.action)

    def handlers(self, stack: DeployedStack, *, deleting: bool) -> None:
        """Let the policies of the service role decide about what the handlers of the resources call."""
        role = stack.role.rpartition("/")[2]
        name = stack.name.removeprefix(f"{PROJECT}-")
        policies, tags = self.rights(role)
        actions = {action for action, only in needed(self.built[name]).items() if only == deleting}
        actions |= {
            action
            for of, in_delete, type_name, action in RECORDED
            if (of, in_delete) == (name, "yes" if deleting else "no")
            if action not in TABLES["emulator"].get(type_name, {})
        }
        requests = requests_of(self.built[name])
        for action in sorted(actions):
            self.judged.setdefault(role, []).append(action)
            if not allowed(requests, action, policies, tags):
                self.denied.append(f"{role} may not {action}")

    # ---- Actions of commands ----

    def _result(self, command: Command, folder: Path) -> Any:
        self.judge(self._requests(command, folder))
        return super()._result(command, folder)

    def _requests(self, command: Command, folder: Path) -> Iterable[Request]:
        """Yield the IAM actions of a command.

        Those of ``aws s3api`` and ``aws rds`` follow from their names; a waiter needs those of its operation.
        https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
        """
        parameters = command.parameters
        arn = f"arn:aws:{command.service}:{command.region}:{ACCOUNT}"
        match command.service:
            case "sts" if command.operation == "GetCallerIdentity":  # needs no permission
                return
            case "cloudformation":
                yield self._request_of_stack(command)
            case "s3api":
                yield from _requests_of_objects(command)
            case "lambda":
                function = f"{arn}:function:{parameters['FunctionName']}"
                yield Request(f"lambda:{command.operation}", function)
            case "secretsmanager":
                secret = f"{arn}:secret:{parameters['SecretId']}-AbCdEf"
                yield Request(f"secretsmanager:{command.operation}", secret)
            case "rds":
                yield from self._requests_of_snapshot(command, arn)
            case _:
                raise AssertionError(f"Say in account.py what {command.title} needs.")

    def _request_of_stack(self, command: Command) -> Request:
        action = "DescribeStacks" if command.is_waiter else command.operation
        parameters = command.parameters
        if action == "DescribeEvents" and "ChangeSetName" in parameters:
            return Request(f"cloudformation:{action}", parameters["ChangeSetName"])
        if command.operation == "DescribeStacks" and "StackName" not in parameters:
            return Request(f"cloudformation:{action}", "*")
        stack = self._found(command)
        arn = stack.arn if stack else self._arn(command.region, parameters["StackName"])
        return Request(f"cloudformation:{action}", arn)

    def _requests_of_snapshot(self, command: Command, arn: str) -> Iterable[Request]:
        action = "DescribeDBClusterSnapshots" if command.is_waiter else command.operation
        snapshot = f"{arn}:cluster-snapshot:{command.parameters['DBClusterSnapshotIdentifier']}"
        yield Request(f"rds:{action}", snapshot)
        if "DBClusterIdentifier" in command.parameters:
            yield Request(f"rds:{action}", f"{arn}:cluster:{command.parameters['DBClusterIdentifier']}")
        if action == "CreateDBClusterSnapshot":  # the cluster copies its tags
            assert self.properties("database", "DatabaseCluster")["CopyTagsToSnapshot"] is True
            yield Request("rds:AddTagsToResource", snapshot)

    def _arn(self, region: str, name: str) -> str:
        return f"arn:aws:cloudformation:{region}:{ACCOUNT}:stack/{name}/1f0a"

    # ---- CloudFormation ----

    def _found(self, command: Command) -> DeployedStack | None:
        """Return the stack that a command names, or whose change set it names."""
        parameters = command.parameters
        named = {parameters.get("StackName"), parameters.get("ChangeSetName")} - {None}
        for (region, name), stack in self.stacks.items():
            if region == command.region and named & {name, stack.arn, stack.change_set}:
                return stack
        return None

    def _deploy(self, command: Command, folder: Path) -> str:
        """Do what ``aws cloudformation deploy --no-execute-changeset`` does, and return what it prints.

        It uploads the template under its MD5 hash, unless it is there:
        ``S3Uploader`` in awscli/customizations/s3uploader.py.
        """
        options = {name: " ".join(values) for name, values in command.options.items()}
        name, bucket, role = options["--stack-name"], options["--s3-bucket"], options["--role-arn"]
        body = (folder / options["--template-file"]).read_bytes()
        key = f"{options['--s3-prefix']}/{hashlib.md5(body).hexdigest()}.template"
        file = folder / options["--parameter-overrides"].removeprefix("file://")
        tags = dict(tag_of_option.split("=", 1) for tag_of_option in command.options["--tags"])
        arn, object_arn = self._arn(command.region, name), f"arn:aws:s3:::{bucket}/{key}"
        sent = {f"aws:RequestTag/{tag}": value for tag, value in tags.items()}
        with_role: dict[str, Value] = {"cloudformation:RoleArn": role, **sent}
        self.judge(
            [
                Request("s3:GetObject", object_arn),
                Request("s3:PutObject", object_arn),
                Request("cloudformation:DescribeStacks", arn),
                Request("cloudformation:CreateChangeSet", arn, with_role),
                Request("cloudformation:TagResource", arn, dict(sent)),
                Request("cloudformation:TagResource", _CHANGE_SET.format(command.region, name), dict(sent)),
                Request("iam:PassRole", role, {"iam:PassedToService": "cloudformation.amazonaws.com"}),
                Request("cloudformation:DescribeChangeSet", arn),
            ]
        )
        self.client("s3", command.region).put_object(Bucket=bucket, Key=key, Body=body)
        self.client("iam", TOKYO).get_role(RoleName=role.rpartition("/")[2])
        template = load(body.decode("ascii"))
        parameters = json.loads(file.read_text(encoding="utf-8"))["Parameters"]
        resolve(template, parameters, region=command.region, stack_name=name)
        assert not failed_assertions(template, parameters, region=command.region)
        place = (command.region, name)
        stack = self.stacks.setdefault(place, DeployedStack(name, command.region, template, parameters))
        stack.role = role
        return _DEPLOYED.format(stack.change_set)

    def _stack(self, command: Command) -> Any:
        parameters, stack = command.parameters, self._found(command)
        if command.operation == "CreateStack":
            return self._bootstrap(command)
        if command.operation == "DescribeStacks" and "StackName" not in parameters:
            names = [name for region, name in self.stacks if region == command.region]
            return {"Stacks": [{"StackName": name} for name in names]}
        if stack is None:
            if command.is_waiter and "delete" in command.name:
                return {}
            message = f"Stack with id {parameters.get('StackName')} does not exist"
            raise ClientError({"Error": {"Code": "ValidationError", "Message": message}}, command.operation)
        match command.operation:
            case "DescribeStacks":
                return {"Stacks": [_described(stack)]}
            case "DescribeChangeSet":
                description = {"StackName": stack.name, "Parameters": stack.values, "Changes": []}
                return {**description, "CreationTime": CREATED_AT}
            case "DescribeEvents":
                return {"OperationEvents": []}
            case "ListStackResources":
                return World._stack(self, command)
            case "ExecuteChangeSet":
                self._created(stack)
            case "UpdateTerminationProtection":
                stack.is_protected = parameters["EnableTerminationProtection"]
            case "SetStackPolicy":
                stack.policy = parameters["StackPolicyBody"]
                json.loads(stack.policy)
            case "UpdateStack":
                self._switched(stack, parameters)
            case "DeleteStack":
                self._deleted(stack)
            case _ if command.is_waiter:
                expected = command.name.removeprefix("stack-").replace("-", "_").upper()
                if stack.status != expected:
                    raise CommandError(f"{stack.name} is {stack.status}, not {expected}.")
            case operation:
                raise AssertionError(f"Say in account.py what {operation} does.")
        return {}

    def _created(self, stack: DeployedStack) -> None:
        name = stack.name.removeprefix(f"{PROJECT}-")
        if stack.status == "REVIEW_IN_PROGRESS":
            self.handlers(stack, deleting=False)
            self.seed_stack(name)
            stack.outputs = self.outputs[name]
        stack.status = "CREATE_COMPLETE" if stack.status == "REVIEW_IN_PROGRESS" else "UPDATE_COMPLETE"

    def _deleted(self, stack: DeployedStack) -> None:
        if stack.is_protected:
            raise CommandError(f"{stack.name} is protected.")
        if stack.role:
            self.handlers(stack, deleting=True)
        else:
            stack.parameters["DeletePolicies"] = "detached"
            self._roles(stack, are_deleted=True)
        del self.stacks[stack.region, stack.name]

    # ---- The bootstrap templates, with the rights of the administrator ----

    def _bootstrap(self, command: Command) -> Any:
        parameters = command.parameters
        if self._found(command):
            raise CommandError(f"AlreadyExistsException: Stack [{parameters['StackName']}] already exists")
        stack = DeployedStack(parameters["StackName"], command.region, load(parameters["TemplateBody"]), {})
        stack.parameters = _updated(stack, parameters["Parameters"])
        assert len(parameters["TemplateBody"]) <= 51_200
        stack.status, stack.is_protected = "CREATE_COMPLETE", parameters["EnableTerminationProtection"]
        self.stacks[command.region, stack.name] = stack
        self._roles(stack)
        return {"StackId": stack.arn}

    def _switched(self, stack: DeployedStack, parameters: Mapping[str, Any]) -> None:
        if parameters["Capabilities"] != ["CAPABILITY_NAMED_IAM"]:
            raise CommandError("InsufficientCapabilitiesException: Requires capabilities.")
        before = stack.parameters, stack.template
        stack.parameters = _updated(stack, parameters["Parameters"])
        if not parameters.get("UsePreviousTemplate"):
            stack.template = load(parameters["TemplateBody"])
        if (stack.parameters, stack.template) == before:
            raise CommandError("No updates are to be performed.")
        stack.status = "UPDATE_COMPLETE"
        self._roles(stack)

    def _roles(self, stack: DeployedStack, *, are_deleted: bool = False) -> None:
        """Create the resources of a bootstrap stack with its parameters; or delete all except the bucket."""
        resolved = resolve(
            stack.template, stack.parameters, region=stack.region, account=ACCOUNT, stack_name=stack.name
        )["Resources"]
        self.known.clear()
        iam, s3 = self.client("iam", TOKYO), self.client("s3", stack.region)
        roles = {
            name: resource["Properties"]
            for name, resource in resolved.items()
            if resource["Type"] == "AWS::IAM::Role"
        }
        for role in roles.values():
            name = role["RoleName"]
            if name not in {role_of_account["RoleName"] for role_of_account in iam.list_roles()["Roles"]}:
                iam.create_role(
                    RoleName=name,
                    AssumeRolePolicyDocument=json.dumps(role["AssumeRolePolicyDocument"]),
                    Tags=role["Tags"],
                )
            for policy in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
                iam.detach_role_policy(RoleName=name, PolicyArn=policy["PolicyArn"])
                iam.delete_policy(PolicyArn=policy["PolicyArn"])
        for declared in resolved.values():
            properties = declared["Properties"]
            match declared["Type"]:
                case "AWS::IAM::Role":
                    if are_deleted:
                        iam.delete_role(RoleName=properties["RoleName"])
                case "AWS::IAM::ManagedPolicy" if not are_deleted:
                    policy = iam.create_policy(
                        PolicyName=properties["ManagedPolicyName"],
                        PolicyDocument=json.dumps(properties["PolicyDocument"]),
                    )["Policy"]["Arn"]
                    for reference in properties["Roles"]:
                        name = roles[reference["Ref"]]["RoleName"]
                        iam.attach_role_policy(RoleName=name, PolicyArn=policy)
                case "AWS::S3::Bucket" if not are_deleted:
                    _bucket(s3, stack.region, properties)


def _requests_of_objects(command: Command) -> Iterable[Request]:
    """Yield the IAM actions of a command of ``aws s3api``."""
    parameters = command.parameters
    if command.operation == "CopyObject":
        # Tags that are replaced by none need no permission.
        # https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
        assert parameters["TaggingDirective"] == "REPLACE"
        source, _, version = parameters["CopySource"].partition("?versionId=")
        yield Request("s3:GetObjectVersion" if version else "s3:GetObject", f"arn:aws:s3:::{source}")
    elif command.operation != "PutObject":
        raise AssertionError(f"Say in account.py what {command.title} needs.")
    yield Request("s3:PutObject", f"arn:aws:s3:::{parameters['Bucket']}/{parameters['Key']}")


def _bucket(s3: Any, region: str, properties: Mapping[str, Any]) -> None:
    name = properties["BucketName"]
    if name in {bucket["Name"] for bucket in s3.list_buckets()["Buckets"]}:
        return
    where = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    s3.create_bucket(Bucket=name, **where)
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration=properties["VersioningConfiguration"])
    s3.put_public_access_block(
        Bucket=name, PublicAccessBlockConfiguration=properties["PublicAccessBlockConfiguration"]
    )


def _described(stack: DeployedStack) -> dict[str, Any]:
    return {
        "StackName": stack.name,
        "StackId": stack.arn,
        "StackStatus": stack.status,
        "EnableTerminationProtection": stack.is_protected,
        "Parameters": stack.values,
        "Outputs": [{"OutputKey": key, "OutputValue": value} for key, value in stack.outputs.items()],
    }


def _updated(stack: DeployedStack, parameters: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Return the parameters of a stack after a command: what it leaves out has its default again."""
    values = {
        parameter["ParameterKey"]: parameter.get(
            "ParameterValue", stack.parameters.get(parameter["ParameterKey"], "")
        )
        for parameter in parameters
        if "ParameterValue" in parameter or parameter["ParameterKey"] in stack.parameters
    }
    declared = stack.template["Parameters"].items()
    if missing := [name for name, parameter in declared if "Default" not in parameter and name not in values]:
        raise CommandError(f"Parameters: {missing} must have values.")
    if broken := failed_assertions(stack.template, values, region=stack.region):
        raise CommandError("; ".join(broken))
    return values
