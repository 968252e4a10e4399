"""Measures ``csr-templates verify prod`` with answers that take 50 ms: ``python benchmarks/verify.py``.

Each run is a new process, as for an operator: it starts Python, loads boto3 and the templates, creates the
clients, makes all calls, and prints. The healthy answers of the tests are given in the process, so the time
of the network is the delay alone.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any, Final

from operate import DELAY, ROOT, Http, measure

LIMIT: Final = 4.0  # seconds of the command


def verify() -> int:
    """Run the command in this process, in a healthy account."""
    import botocore.session
    from boto3.session import Session

    from csr_templates.cli import account_facts, main
    from csr_templates.preflight import http_probe
    from csr_templates.preflight.checked_account import CheckedAccount
    from csr_templates.preflight.facts import Query
    from csr_templates.preflight.services import https_calls
    from tests.csr_templates.preflight.services.conftest import environment_of
    from tests.csr_templates.preflight.services.recorded_account import AwsError, RecordedAccount

    recorded = RecordedAccount(environment_of("prod"))

    def remember(params: Any, context: Any, **_: Any) -> None:
        context["parameters"] = params

    def answer(model: Any, context: Any, **_: Any) -> Any:
        time.sleep(DELAY)
        service = model.service_model.service_name
        query = Query(service, model.name, context["client_region"], tuple(context["parameters"].items()))
        try:
            return Http(200), {**recorded.answer(query), "ResponseMetadata": {}}
        except AwsError as error:
            return Http(400), {"Error": {"Code": str(error)}, "ResponseMetadata": {}}

    def get(url: str) -> dict[str, Any]:
        time.sleep(DELAY)
        query = https_calls.request(url)
        page: dict[str, Any] = recorded.answer(query)
        return page

    def account(profile: str | None) -> CheckedAccount:
        del profile
        core = botocore.session.Session()
        events = core.get_component("event_emitter")
        events.register("provide-client-params", remember)
        events.register_last("before-call", answer)
        return CheckedAccount(session=Session(botocore_session=core))

    http_probe.get = get  # type: ignore[assignment]
    account_facts.CheckedAccount = account  # type: ignore[misc, assignment]
    return main.main(["verify", "prod", "--out", str(ROOT / "out")])


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(measure(Path(__file__), "verify", LIMIT, verify))
