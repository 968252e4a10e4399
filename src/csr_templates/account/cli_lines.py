"""A call as the command of the AWS CLI that it equals."""

from __future__ import annotations

import json
import shlex
from base64 import b64encode
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path

HIDDEN: Final = "<hidden>"
"""Stands for a value that the service model marks as sensitive."""

_SERVICES: Final[Mapping[str, str]] = {"s3": "s3api"}
# The CLI has an option of this name for every command, so that of the operation has another one.
# https://docs.aws.amazon.com/cli/latest/reference/sns/subscribe.html
_RENAMED: Final[Mapping[tuple[str, str], str]] = {("Subscribe", "Endpoint"): "--notification-endpoint"}


class FileText(str):
    """The text of a file, which a command reads from the file.

    Attributes:
        path: of the file.
    """

    __slots__ = ("path",)
    path: Path

    def __new__(cls, path: Path) -> FileText:
        """Read a file in UTF-8."""
        text = super().__new__(cls, path.read_text("utf-8"))
        text.path = path
        return text


def line(
    service: str,
    operation: str,
    region: str,
    parameters: Iterable[tuple[str, Any]],
    hidden: Collection[str] = (),
    longest: int | None = None,
) -> str:
    """Return the command of a call, quoted for a shell.

    Args:
        service: name of the service in boto3.
        operation: the name in the API: ``DescribeStacks``.
        region: value of ``--region``.
        parameters: name -> value, as pairs. Bytes are a file that is uploaded.
        hidden: names of the parameters whose value is not shown.
        longest: longest value in characters; a longer one is the name of a file, with JSON.
    """
    from botocore import xform_name

    words = ["aws", _SERVICES.get(service, service), xform_name(operation, "-"), "--region", region]
    for name, value in parameters:
        dashed = xform_name(name, "-")
        option = _RENAMED.get((operation, name), f"--{dashed}")
        if name in hidden:
            words += [option, HIDDEN]
        elif isinstance(value, bool):
            words.append(_flag(option, dashed, is_set=value))
        else:
            texts = _words(value)
            if longest is not None and len(" ".join(texts)) > longest:
                texts = [f"file://{dashed}.json"]
            words += [option, *texts]
    return shlex.join(words)


def _flag(option: str, dashed: str, *, is_set: bool) -> str:
    if is_set:
        return option
    return f"--no-{dashed}"


def of_model(model: Any, region: str, parameters: Mapping[str, Any]) -> str:
    """Return the command of a call, from botocore's model of the operation.

    A value in which any member is sensitive is hidden as a whole. A token that only makes a repeated call
    safe is left out, because the CLI makes its own.
    """
    members: Mapping[str, Any] = {}
    if model.input_shape:
        members = model.input_shape.members
    shown = [
        (name, value)
        for name, value in parameters.items()
        if not members[name].metadata.get("idempotencyToken")
    ]
    hidden = {name for name, value in shown if _is_sensitive(members[name], value)}
    return line(model.service_model.service_name, model.name, region, shown, hidden)


def _words(value: Any) -> list[str]:
    """Return a value as the words of an option."""
    if isinstance(value, (list, tuple)) and value and all(isinstance(text, str) for text in value):
        return list(value)
    if isinstance(value, FileText):
        return [f"file://{value.path}"]
    if isinstance(value, str):
        return [value]
    if isinstance(value, (bytes, bytearray)) or hasattr(value, "read"):
        return [str(getattr(value, "name", "FILE"))]
    return [json.dumps(value, default=_json_value, separators=(",", ":"))]


def _json_value(value: Any) -> str:
    """Return a value that JSON does not have: bytes in Base64, as version 2 of the CLI reads them; a time."""
    if isinstance(value, (bytes, bytearray)):
        return b64encode(value).decode("ascii")
    return str(value.isoformat())


def _is_sensitive(shape: Any, value: Any) -> bool:
    if shape.metadata.get("sensitive") or getattr(shape, "sensitive", False):
        return True
    if shape.type_name == "structure" and isinstance(value, dict):
        return any(_is_sensitive(shape.members[name], inner) for name, inner in value.items())
    if shape.type_name == "list":
        return any(_is_sensitive(shape.member, inner) for inner in value)
    if shape.type_name == "map":
        return any(_is_sensitive(shape.value, inner) for inner in value.values())
    return False
