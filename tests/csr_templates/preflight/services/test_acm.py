"""The certificate: the domains that it covers."""

import pytest

from csr_templates.preflight.services import acm


@pytest.mark.parametrize(
    ("name", "domain", "covered"),
    [
        ("www.example.com", "WWW.example.com", True),
        ("*.example.com", "www.example.com", True),
        ("*.example.com", "example.com", False),
        ("*.example.com", "a.b.example.com", False),
        ("example.com", "www.example.com", False),
    ],
)
def test_a_wildcard_matches_one_label(name: str, domain: str, *, covered: bool) -> None:
    """Wildcards match as in TLS."""
    assert acm._is_valid_for(name, domain) is covered
