"""The records of the domain."""

import pytest

from csr_templates.preflight.facts import Fact, Lookup
from csr_templates.preflight.results import Subject, TemplateResource
from csr_templates.preflight.services import route53_calls
from tests.csr_templates.preflight.conftest import Walk

from .before_deploy import check_of


@pytest.mark.parametrize(
    ("new", "existing", "status"),
    [
        ("A", "AAAA", "PASS"),
        ("A", "A", "FAIL"),
        ("A", "CNAME", "FAIL"),
        ("CNAME", "A", "FAIL"),
        ("CNAME", "TXT", "FAIL"),
    ],
)
def test_a_cname_tolerates_no_other_record(walk: Walk, new: str, existing: str, status: str) -> None:
    """A name has a CNAME alone.

    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html#CNAMEFormat
    """
    ready = walk.states["ready"].facts
    facts = ready.with_facts(ready)
    query = route53_calls.records.query("Z1", "www.example.com")
    facts.add([Fact(query, ready.time, [{"Name": "www.example.com.", "Type": existing}])])
    properties = {"HostedZoneId": "Z1", "Name": "www.example.com", "Type": new}
    stack = walk.world.environment.stacks[0]
    subject = Subject("www.example.com", stack, TemplateResource("NewRecord", properties))

    result = check_of("domain-records").judge(subject, walk.world.environment, Lookup(facts))

    assert result.status == status
