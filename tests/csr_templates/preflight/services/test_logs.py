"""Log groups: those that nothing uses."""

from typing import Any

from .conftest import changed_result


def test_a_log_group_that_nothing_uses() -> None:
    """In an environment without WAF, its log group exists and stays empty."""

    def change(query: Any, answer: Any) -> Any:
        return {"logStreams": []} if query.operation == "DescribeLogStreams" else answer

    assert changed_result("log-groups", "WAFLogGroup", change, {"WAFEnabled": "false"}).status == "PASS"
    assert changed_result("log-groups", "WAFLogGroup", change).status == "WARN"
