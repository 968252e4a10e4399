"""W9056 on good and broken Lambda versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from csr_templates.rules import VersionNeverReplaced

if TYPE_CHECKING:
    from tests.rules.conftest import Judge

HEAD = """
Parameters:
  Release: {Type: String, Default: "1"}
Conditions:
  Prod: !Equals [!Ref Release, "1"]
Resources:
  Function: {Type: AWS::Lambda::Function}
"""


def version(properties: str, logical_id: str = "Version", attributes: str = "") -> str:
    """Return a template with one version."""
    return (
        f"{HEAD}  {logical_id}: {{Type: AWS::Lambda::Version, {attributes} Properties: {{{properties}}}}}\n"
    )


def message(function: str) -> str:
    """Return what is said about a version of this function."""
    return (
        f"Version has nothing but FunctionName {function}, which stays the same when the code changes: no "
        "other version is ever published. Add a Description or CodeSha256 that changes with the code."
    )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(version("FunctionName: !Ref Function, Description: !Ref Release"), id="description"),
        pytest.param(
            version("FunctionName: !Ref Function, CodeSha256: !If [Prod, !Ref Release, a]"),
            id="hash of the code",
        ),
        pytest.param(version("FunctionName: !Ref Function", "Version0123456789abcdef"), id="hash in the ID"),
        pytest.param(version("FunctionName: !Ref Function", "Version20261124"), id="date in the ID"),
        pytest.param(version("FunctionName: !ImportValue function"), id="function of another template"),
    ],
)
def test_accepts(judge: Judge, text: str) -> None:
    """A version passes that may change with the code."""
    assert judge(VersionNeverReplaced, text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(version("FunctionName: !Ref Function"), message('{"Ref": "Function"}'), id="Ref"),
        pytest.param(
            version("FunctionName: !GetAtt Function.Arn"),
            message('{"Fn::GetAtt": ["Function", "Arn"]}'),
            id="GetAtt",
        ),
        pytest.param(
            version("FunctionName: !Sub '${Function}'"), message('{"Fn::Sub": "${Function}"}'), id="Sub"
        ),
        pytest.param(
            version(
                "FunctionName: !Ref Function, RuntimePolicy: {UpdateRuntimeOn: Auto}",
                attributes="Condition: Prod,",
            ),
            message('{"Ref": "Function"}'),
            id="condition, and a property that is not of the code",
        ),
    ],
)
def test_warns(judge: Judge, text: str, expected: str) -> None:
    """A version that always stays the same is found."""
    assert judge(VersionNeverReplaced, text) == [("Resources/Version/Properties", expected)]
