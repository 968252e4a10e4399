"""E9051 on good and broken formats of flow logs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from csr_templates.rules import UnknownFlowLogField

if TYPE_CHECKING:
    from tests.rules.conftest import Judge

HEAD = """
Parameters:
  Format: {Type: String, Default: "${version} ${windowstart}"}
  Any: {Type: String}
Conditions:
  Prod: !Equals [!Ref Any, prod]
Resources:
"""


def flow_log(log_format: str) -> str:
    """Return a template with one flow log of this format."""
    return f"{HEAD}  Log: {{Type: AWS::EC2::FlowLog, Properties: {{LogFormat: {log_format}}}}}\n"


def message(field: str, advice: str) -> str:
    """Return what is said about a field."""
    return (
        f"LogFormat names the field {field}, which flow logs do not have: EC2 refuses the flow log. {advice}"
    )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(flow_log("'${start} ${end} ${action} ${log-status}'"), id="default fields"),
        pytest.param(flow_log("'${vpc-id} ${tgw-src-eni} ${reject-reason}'"), id="later fields"),
        pytest.param(flow_log("!Sub '${!start} ${!end}'"), id="Sub"),
        pytest.param(flow_log("!Ref Any"), id="not known"),
        pytest.param(flow_log("!If [Prod, '${start}', !Ref AWS::NoValue]"), id="both branches"),
    ],
)
def test_accepts(judge: Judge, text: str) -> None:
    """A format of fields that exist passes."""
    assert judge(UnknownFlowLogField, text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            flow_log("'${windowstart} ${windowend} ${flowlogstatus} ${windowend}'"),
            [
                message("windowstart", "Did you mean start?"),
                message("windowend", "Did you mean end?"),
                message("flowlogstatus", "Did you mean log-status?"),
            ],
            id="names that are taken for fields, each once",
        ),
        pytest.param(
            flow_log("'${log_status}'"), [message("log_status", "Did you mean log-status?")], id="spelling"
        ),
        pytest.param(flow_log("'${quux}'"), [message("quux", "Remove it.")], id="nothing like it"),
        pytest.param(
            flow_log("!Ref Format"), [message("windowstart", "Did you mean start?")], id="parameter default"
        ),
        pytest.param(flow_log("!Sub '${!windowend}'"), [message("windowend", "Did you mean end?")], id="Sub"),
        pytest.param(
            flow_log("!If [Prod, '${start}', '${windowend}']"),
            [message("windowend", "Did you mean end?")],
            id="one branch",
        ),
    ],
)
def test_refuses(judge: Judge, text: str, expected: list[str]) -> None:
    """Fields that flow logs do not have are found, with the name that is meant."""
    found = judge(UnknownFlowLogField, text)

    assert sorted(found) == sorted(("Resources/Log/Properties/LogFormat", text) for text in expected)
