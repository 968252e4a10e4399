"""The calls of verify, made by boto3, and the commands that show the same."""

import shlex
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from csr_templates.preflight.checked_account import CheckedAccount
from csr_templates.preflight.facts import Query
from csr_templates.preflight.services.https_calls import HTTPS
from tests.csr_templates.preflight.mock_account import session
from tests.docs.aws_cli import parse

from .conftest import Outcome
from .recorded_account import AwsError


class _Http(NamedTuple):
    status_code: int


@pytest.mark.acceptance  # loads the models of all services
def test_boto3_gives_the_same_facts(healthy: Outcome, monkeypatch: pytest.MonkeyPatch) -> None:
    """It accepts all parameters, and one page of an answer has what the checks read."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    calling = session()
    made = []

    def remember(params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
        context["given"] = dict(params)

    def respond(model: Any, context: dict[str, Any], **_: Any) -> Any:
        made.append(model.name)
        given = context["given"]
        query = Query(
            model.service_model.service_name, model.name, context["client_region"], tuple(given.items())
        )
        try:
            return _Http(200), {**healthy.account.answer(query), "ResponseMetadata": {}}
        except AwsError as error:
            return _Http(400), {"Error": {"Code": str(error)}, "ResponseMetadata": {}}

    calling.events.register("before-parameter-build", remember)
    calling.events.register("before-call", respond)
    account = CheckedAccount(session=calling)
    facts = [fact for fact in healthy.facts if fact.query.service != HTTPS]

    assert [(fact.query, account.ask(fact.query).answer) for fact in facts] == [
        (fact.query, fact.answer) for fact in facts
    ]
    assert len(made) == len(facts)


def test_the_commands_are_those_of_the_aws_cli(healthy: Outcome, tmp_path: Path) -> None:
    """Each command of a result is one that the AWS CLI accepts, or a request with curl."""
    commands = {result.command for result in healthy.results}

    for command in sorted(commands):
        program, *words = shlex.split(command)
        if program == "aws":
            parse(words, tmp_path)
        else:
            assert program == "curl"
    assert len(commands) > 20
