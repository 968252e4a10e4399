"""Accepted lint findings."""

from typing import Any


def accepted(**reasons: str) -> dict[str, Any]:
    """Return the Metadata of a resource that ignores these rules, each with its reason."""
    return {"cfn-lint": {"config": {"ignore_checks": list(reasons), "ignore_reasons": reasons}}}
