"""Secrets in answers of CloudFormation do not become facts."""

from csr_templates.preflight import calls, hidden
from csr_templates.preflight.account import _kept


def test_secrets_in_parameters_and_outputs_are_hidden() -> None:
    """By the name of the parameter or output, or by the form of the value."""
    stack = {
        "StackName": "shop-prod-api",
        "Parameters": [
            {"ParameterKey": "DbPassword", "ParameterValue": "swordfish"},
            {"ParameterKey": "Token", "ParameterValue": "/name", "ResolvedValue": "swordfish"},
            {"ParameterKey": "Hidden", "ParameterValue": "****"},
            {"ParameterKey": "LogLevel", "ParameterValue": "INFO"},
        ],
        "Outputs": [
            {"OutputKey": "Url", "OutputValue": "mysql://user:swordfish@db/shop"},
            {"OutputKey": "SecretArn", "OutputValue": "arn:aws:secretsmanager:eu-west-1:1:secret:x"},
        ],
        "NotificationARNs": ["not kept"],
    }

    (fact,) = _kept(calls.stack("eu-west-1", "shop-prod-api"), {"Stacks": [stack]})

    assert "swordfish" not in str(fact)
    assert [entry["ParameterValue"] for entry in fact["Parameters"]] == [
        "(hidden)",
        "(hidden)",
        "****",
        "INFO",
    ]
    assert fact["Outputs"][1]["OutputValue"].startswith("arn:aws:")
    assert "NotificationARNs" not in fact
    assert {"****", "(hidden)"} == hidden.MASKS
