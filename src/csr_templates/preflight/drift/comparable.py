"""What CloudFormation cannot compare: whole types, and properties of the others.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from cfn_analysis.model.schemas import resource_schema

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_SECRET_READ: Final = "secretsmanager:GetSecretValue"
_KEY_ID: Final = "kmskeyid"
"""CloudFormation compares it for no resource, because a key can have several names."""
_CODE: Final = ("AWS::Lambda::Function", "Code")
"""CloudFormation does not compare the package of a function."""


@cache
def is_comparable(type_name: str, region: str) -> bool:
    """Return whether CloudFormation can read the resources of a type, and without their secrets.

    That it cannot compare a type whose secret it is not allowed to read is inferred from the read handler.
    It reads a function without ``kms:Decrypt``, which is for encrypted variables; this is inferred too.
    """
    reads = resource_schema(type_name, region).handlers.get("read", ())
    return bool(reads) and _SECRET_READ not in reads


def uncompared(resource: Mapping[str, Any], region: str) -> list[str]:
    """Return the properties of a resource that CloudFormation does not compare."""
    type_name = resource["Type"]
    schema = resource_schema(type_name, region)
    paths = _paths(resource.get("Properties", {}), "")
    names = [path for path in paths if _is_uncompared(type_name, path, schema.write_only)]
    return [name for name in names if not any(name.startswith(f"{outer}/") for outer in names)]


def _is_uncompared(type_name: str, path: str, write_only: tuple[str, ...]) -> bool:
    if path in write_only or (type_name, path) == _CODE:
        return True
    return path.rpartition("/")[2].lower() == _KEY_ID


def _paths(value: Any, prefix: str) -> Iterator[str]:
    """Yield the paths of a value and of its parts, with * for each member of a list."""
    if isinstance(value, dict):
        for name, member in value.items():
            path = f"{prefix}/{name}" if prefix else name
            yield path
            yield from _paths(member, path)
    elif isinstance(value, list):
        paths: dict[str, None] = {}
        for member in value:
            paths.update(dict.fromkeys(_paths(member, f"{prefix}/*")))
        yield from paths
