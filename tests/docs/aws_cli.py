"""The AWS CLI's command line, as far as the pages use it: read against botocore's service models.

The CLI makes its commands from these models: an operation ``DescribeStacks`` is the command
``describe-stacks``, a member ``StackName`` of its input is the option ``--stack-name``. So what botocore does
not know, the CLI does not know either. What the CLI adds by hand stands in the tables below, taken from
https://docs.aws.amazon.com/cli/latest/reference/

The CLI also accepts ``--max-items``, but here it is refused: it cuts a list before ``--query`` filters it,
and with ``--output text`` nothing shows that the list is incomplete.
"""

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import botocore.session
from botocore import xform_name
from botocore.exceptions import UnknownServiceError

SESSION: Final = botocore.session.get_session()


@dataclass(frozen=True)
class HighLevel:
    """A command without a service model: its options with and without value, and its bare arguments."""

    arguments: int
    options: frozenset[str] = frozenset()
    flags: frozenset[str] = frozenset()
    required: frozenset[str] = frozenset()


HIGH_LEVEL: Final = {
    # https://docs.aws.amazon.com/cli/latest/reference/cloudformation/deploy/
    ("cloudformation", "deploy"): HighLevel(
        0,
        frozenset(
            {
                "--stack-name",
                "--template-file",
                "--s3-bucket",
                "--s3-prefix",
                "--role-arn",
                "--parameter-overrides",
                "--tags",
            }
            | {"--capabilities"}
        ),
        frozenset({"--no-execute-changeset"}),
        frozenset({"--stack-name", "--template-file"}),
    ),
    # https://docs.aws.amazon.com/cli/latest/reference/logs/tail.html
    ("logs", "tail"): HighLevel(1, frozenset({"--since", "--filter-pattern"}), frozenset({"--follow"})),
    # https://docs.aws.amazon.com/cli/latest/reference/s3/cp.html
    ("s3", "cp"): HighLevel(2, frozenset({"--exclude", "--include"}), frozenset({"--recursive", "--dryrun"})),
    # https://docs.aws.amazon.com/cli/latest/reference/s3/sync.html
    ("s3", "sync"): HighLevel(2, frozenset({"--exclude", "--include"}), frozenset({"--delete", "--dryrun"})),
    # https://docs.aws.amazon.com/cli/latest/reference/s3/ls.html
    ("s3", "ls"): HighLevel(1, flags=frozenset({"--recursive"})),
}


def _permission(options: dict[str, list[str]]) -> dict[str, Any]:
    permission: dict[str, Any] = {"IpProtocol": options["--protocol"][0].replace("all", "-1")}
    if "--source-group" in options:
        permission["UserIdGroupPairs"] = [{"GroupId": options["--source-group"][0]}]
    else:
        permission["IpRanges"] = [{"CidrIp": options["--cidr"][0]}]
    return {"IpPermissions": [permission]}


def _invalidation(options: dict[str, list[str]]) -> dict[str, Any]:
    paths = options["--paths"]
    return {
        "InvalidationBatch": {"Paths": {"Quantity": len(paths), "Items": paths}, "CallerReference": "cli"}
    }


# Shorthand options for a part of a request, and the result in the request.
# https://docs.aws.amazon.com/cli/latest/reference/ec2/revoke-security-group-ingress.html (and -egress)
# https://docs.aws.amazon.com/cli/latest/reference/cloudfront/create-invalidation.html
SHORTHANDS: Final = {
    ("ec2", "revoke-security-group-ingress"): ({"--protocol", "--source-group"}, _permission),
    ("ec2", "revoke-security-group-egress"): ({"--protocol", "--cidr"}, _permission),
    ("cloudfront", "create-invalidation"): ({"--paths"}, _invalidation),
}

# Options that are not called like their member, since the CLI has one of that name for every command.
# https://docs.aws.amazon.com/cli/latest/reference/sns/subscribe.html
RENAMED: Final = {("sns", "subscribe"): {"--notification-endpoint": "--endpoint"}}


class CommandError(ValueError):
    """The AWS CLI would not understand the command."""


@dataclass(frozen=True)
class Command:
    """A command that the AWS CLI understands.

    Attributes:
        service: ``rds``.
        name: ``describe-db-clusters``; for a waiter the name of the waiter.
        region: value of ``--region``.
        parameters: what botocore's client would be called with; for a high-level command the options.
        arguments: what has no option: of a high-level command, or the file that an object is written to.
        query: value of ``--query``, or "".
        output: value of ``--output``. The default is not JSON, because an operator may have configured
            another format, so that a block that reads JSON must specify it.
        operation: botocore's name of the operation; "" for a high-level command.
        is_waiter: whether it waits.
        options: option -> its values, as they were given.
    """

    service: str
    name: str
    region: str
    parameters: dict[str, Any]
    arguments: tuple[str, ...] = ()
    query: str = ""
    output: str = "text"
    operation: str = ""
    is_waiter: bool = False
    options: dict[str, list[str]] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """Service and command: ``rds describe-db-clusters``, ``rds wait db-cluster-available``."""
        return f"{self.service} {'wait ' if self.is_waiter else ''}{self.name}"

    def texts(self) -> Iterator[str]:
        """Every text in the command's arguments."""
        yield from self.arguments
        for values in self.options.values():
            yield from values


def parse(words: Sequence[str], folder: Path) -> Command:
    """Read the words behind ``aws``.

    Args:
        words: service, command, options.
        folder: where ``file://`` starts.

    Raises:
        CommandError: the AWS CLI would refuse them; the message states why.
    """
    service, name, *rest = words
    if name == "wait":
        name, *rest = rest
        return _waiter(service, name, rest, folder)
    if (service, name) in HIGH_LEVEL:
        return _high_level(service, name, rest)
    try:
        model = SESSION.get_service_model("s3" if service == "s3api" else service)
    except UnknownServiceError:
        raise CommandError(f"There is no service {service}.") from None
    operations = {xform_name(operation, "-"): operation for operation in model.operation_names}
    if name not in operations:
        raise CommandError(f"{service} has no command {name}.")
    operation = operations[name]
    arguments = (rest.pop(),) if (service, name) == ("s3api", "get-object") and rest else ()  # the new file
    options, shared = _split(rest, f"{service} {name}")
    shorthand, expand = SHORTHANDS.get((service, name), (set(), None))
    renamed = RENAMED.get((service, name), {})
    if taken := set(renamed.values()) & set(options):
        raise CommandError(f"{service} {name} has no option {', '.join(sorted(taken))}.")
    plain = {
        renamed.get(option, option): values for option, values in options.items() if option not in shorthand
    }
    given = expand(options) if expand and shorthand <= set(options) else {}
    if file := plain.pop("--cli-input-json", []):
        given |= json.loads((folder / file[0].removeprefix("file://")).read_text("utf-8"))
    shape = model.operation_model(operation).input_shape
    parameters = given | _parameters(shape, plain, folder, f"{service} {name}", given)
    return Command(
        service,
        name,
        parameters=parameters,
        arguments=arguments,
        operation=operation,
        options=options,
        **shared,
    )


def _waiter(service: str, name: str, rest: Sequence[str], folder: Path) -> Command:
    waiters = SESSION.get_waiter_model(service)
    names = {xform_name(waiter, "-"): waiter for waiter in waiters.waiter_names}
    if name not in names:
        raise CommandError(f"{service} cannot wait for {name}.")
    operation = waiters.get_waiter(names[name]).operation
    options, shared = _split(rest, f"{service} wait {name}")
    shape = SESSION.get_service_model(service).operation_model(operation).input_shape
    parameters = _parameters(shape, options, folder, f"{service} wait {name}")
    return Command(
        service,
        name,
        parameters=parameters,
        operation=xform_name(names[name]),
        is_waiter=True,
        options=options,
        **shared,
    )


def _high_level(service: str, name: str, rest: Sequence[str]) -> Command:
    accepted = HIGH_LEVEL[service, name]
    arguments, rest = list(rest[: accepted.arguments]), rest[accepted.arguments :]
    options, shared = _split(rest, f"{service} {name}")
    for option, values in options.items():
        if option not in accepted.options | accepted.flags:
            raise CommandError(f"{service} {name} has no option {option}.")
        if bool(values) != (option in accepted.options):
            raise CommandError(f"{service} {name} {option}: a value is missing, or one too many.")
    if missing := accepted.required - set(options):
        raise CommandError(f"{service} {name} needs {', '.join(sorted(missing))}.")
    if len(arguments) != accepted.arguments or any(argument.startswith("--") for argument in arguments):
        raise CommandError(f"{service} {name} needs {accepted.arguments} arguments before its options.")
    return Command(service, name, parameters={}, arguments=tuple(arguments), options=options, **shared)


def _split(words: Sequence[str], where: str) -> tuple[dict[str, list[str]], dict[str, Any]]:
    """Split words into the options of the command and those that every command has."""
    options: dict[str, list[str]] = {}
    current = ""
    for word in words:
        if word.startswith("--") and not word.startswith("---"):
            current = word
            if current in options and current not in ("--exclude", "--include"):
                raise CommandError(f"{where} has {current} twice.")
            options.setdefault(current, [])
        elif not current:
            raise CommandError(f"{where} does not take {word!r} without an option.")
        else:
            options[current].append(word)
    shared = {}
    for option in ("--region", "--query", "--output"):
        values = options.pop(option, None)
        if values is not None:
            if len(values) != 1:
                raise CommandError(f"{where} {option} needs one value.")
            shared[option.removeprefix("--")] = values[0]
    # The format of bytes in JSON. A user may have configured the other one, so commands with bytes specify
    # it.
    if options.pop("--cli-binary-format", ["base64"]) != ["base64"]:
        raise CommandError(f"{where} --cli-binary-format must be base64 here.")
    if "region" not in shared:
        raise CommandError(f"{where} does not name its region.")
    if shared.get("output", "json") not in ("json", "text", "table"):
        raise CommandError(f"{where} --output cannot be {shared['output']}.")
    return options, shared


def _parameters(
    shape: Any, options: dict[str, list[str]], folder: Path, where: str, given: Iterable[str] = ()
) -> dict[str, Any]:
    """Return the members of the request, but for those that are ``given`` already."""
    members = shape.members if shape is not None else {}
    names = {f"--{xform_name(name, '-')}": name for name in members}
    request: dict[str, Any] = {}
    for option, values in options.items():
        is_negated = option not in names and option.startswith("--no-")
        name = names.get(f"--{option.removeprefix('--no-')}" if is_negated else option)
        if name is None or (is_negated and members[name].type_name != "boolean"):
            raise CommandError(f"{where} has no option {option}.")
        if members[name].type_name == "boolean":
            if values:
                raise CommandError(f"{where} {option} takes no value, but has {values}.")
            request[name] = not is_negated
        else:
            request[name] = _value(members[name], values, folder, f"{where} {option}")
    required = shape.required_members if shape is not None else []
    if missing := [name for name in required if name not in {*request, *given}]:
        raise CommandError(f"{where} needs --{', --'.join(xform_name(name, '-') for name in missing)}.")
    return request


def _value(shape: Any, values: list[str], folder: Path, where: str) -> Any:
    if not values:
        raise CommandError(f"{where} needs a value.")
    if shape.type_name == "list" and not values[0].startswith(("[", "file://")):
        return [_single(shape.member, value, folder, where) for value in values]
    if len(values) > 1:
        raise CommandError(f"{where} takes one value, but has {values}.")
    return _single(shape, values[0], folder, where)


def _single(shape: Any, text: str, folder: Path, where: str) -> Any:
    if shape.type_name == "blob":
        return (folder / text).read_bytes()
    if text.startswith("file://"):
        text = (folder / text.removeprefix("file://")).read_text(encoding="utf-8")
    if shape.type_name in ("structure", "list", "map"):
        value = json.loads(text) if text.lstrip().startswith(("{", "[")) else _shorthand(shape, text, where)
        return _checked(shape, value, where)
    if text not in (getattr(shape, "enum", None) or [text]):
        raise CommandError(f"{where} cannot be {text}.")
    kinds: dict[str, Callable[[str], Any]] = {"integer": int, "long": int, "float": float, "double": float}
    try:
        return kinds.get(shape.type_name, str)(text)
    except ValueError:
        raise CommandError(f"{where} must be a number, but is {text!r}.") from None


def _shorthand(shape: Any, text: str, where: str) -> Any:
    """Read ``Name=vpc-id,Values=a,b``.

    https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-shorthand.html
    """
    if shape.type_name == "list":
        return [_shorthand(shape.member, text, where)]
    pairs: list[tuple[str, list[str]]] = []
    for part in text.split(","):
        key, equals, value = part.partition("=")
        if equals:
            pairs.append((key, [value]))
        elif pairs:
            pairs[-1][1].append(key)
        else:
            raise CommandError(f"{where} {text!r} is not Key=value.")
    found: dict[str, Any] = {}
    for key, given in pairs:
        member = shape.members.get(key)
        if member is None:
            raise CommandError(f"{where} has no {key}.")
        if member.type_name == "list":
            found[key] = given
        else:
            found[key] = {} if given == ["{}"] else ",".join(given)
    return found


def _checked(shape: Any, value: Any, where: str) -> Any:
    """Return the value, with its bytes decoded, if all members of its structures are in the model."""
    if shape.type_name == "structure":
        if not isinstance(value, dict):
            raise CommandError(f"{where} must be an object.")
        if unknown := set(value) - set(shape.members):
            raise CommandError(f"{where} has no {', '.join(sorted(unknown))}.")
        if missing := set(shape.required_members) - set(value):
            raise CommandError(f"{where} needs {', '.join(sorted(missing))}.")
        return {name: _checked(shape.members[name], inner, where) for name, inner in value.items()}
    if shape.type_name == "list":
        if not isinstance(value, list):
            raise CommandError(f"{where} must be a list.")
        return [_checked(shape.member, inner, where) for inner in value]
    if shape.type_name == "blob":
        try:
            return base64.b64decode(value, validate=True)
        except binascii.Error:
            raise CommandError(f"{where} must hold bytes in Base64.") from None
    return value
