"""Findings of the lint that are meant to be so."""

from __future__ import annotations

from typing import Any


def accepted(**reasons: str) -> dict[str, Any]:
    """Return the Metadata of a resource on which these rules find something, each with the reason for it."""
    return {"cfn-lint": {"config": {"ignore_checks": list(reasons), "ignore_reasons": reasons}}}
