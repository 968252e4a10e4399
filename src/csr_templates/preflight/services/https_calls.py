"""HTTPS requests, whose answers become facts too."""

from typing import Final

from csr_templates.preflight.facts import Query

HTTPS: Final = "https"
"""The service of a query that is not a call of the AWS API but an HTTPS request."""


def request(url: str) -> Query:
    """An HTTPS request without credentials."""
    return Query(HTTPS, "GET", "", (("Url", url),))
