"""The base of every rule."""

from collections.abc import Iterator
from typing import Any

import pytest
from cfnlint.jsonschema import Validator
from cfnlint.template import Template

from cfn_analysis.rules import RULES
from cfn_analysis.rules.support.rule import Rule, RuleFinding, properties_of
from cfn_analysis.rules.support.values import values

from .. import harness

TOPIC = """
Parameters:
  Name: {Type: String, Default: a, AllowedValues: [a, b]}
  Switch: {Type: String}
Conditions:
  Named: !Equals [!Ref Switch, "true"]
Resources:
  Topic: {Type: AWS::SNS::Topic, Properties: {TopicName: NAME}}
"""


class NamedTopic(Rule):
    """Topic with a name.

    Leave the name
    out.
    """

    id = "W9799"
    looks_at = properties_of("AWS::SNS::Topic")

    def findings(self, validator: Validator, properties: Any) -> Iterator[RuleFinding]:
        """Yield one finding per name."""
        for value, case in values(validator, properties.get("TopicName")):
            if value is not None:
                yield RuleFinding(("TopicName",), "It has a name{when}.", case)


class FirstName(NamedTopic):
    """Topic with two names."""

    first_only = True

    def findings(self, validator: Validator, properties: Any) -> Iterator[RuleFinding]:
        """Yield one finding per name, each with its own message."""
        for value, _ in values(validator, properties.get("TopicName")):
            yield RuleFinding(("TopicName",), f"It is called {value}.")


class NamelessTemplate(NamedTopic):
    """Template without a description."""

    looks_at = ()

    def findings(self, _validator: Validator, template: Any) -> Iterator[RuleFinding]:
        """Yield a finding if the template has no description."""
        if "Description" not in template:
            yield RuleFinding(("Resources",), "It has no Description.")


def test_the_docstring_holds_the_texts() -> None:
    """cfn-lint shows the first line as the title and the rest, as one paragraph, as the description."""
    assert (NamedTopic.shortdesc, NamedTopic.description) == ("Topic with a name", "Leave the name out.")


@pytest.mark.parametrize(
    ("rule", "name", "message"),
    [
        pytest.param(NamedTopic, "!Ref Name", "It has a name.", id="two cases, one finding"),
        pytest.param(
            NamedTopic,
            "!If [Named, a, !Ref AWS::NoValue]",
            "It has a name when Named is true.",
            id="one case",
        ),
        pytest.param(FirstName, "!Ref Name", "It is called a.", id="two findings, the first is enough"),
    ],
)
def test_several_cases_are_one_finding(rule: type[Rule], name: str, message: str) -> None:
    """A finding is reported once, with what all its cases share."""
    findings = harness.findings(rule(), TOPIC.replace("NAME", name))

    assert findings == [("Resources/Topic/Properties/TopicName", message)]


def test_a_rule_can_look_at_the_whole_template() -> None:
    """A rule without paths gets the template, once."""
    assert harness.findings(NamelessTemplate(), TOPIC) == [("Resources", "It has no Description.")]
    assert harness.findings(NamelessTemplate(), f"Description: x{TOPIC}") == []


@pytest.mark.parametrize("rule", RULES)
def test_what_is_not_a_mapping_is_left_to_others(rule: type[Rule]) -> None:
    """A number where a mapping belongs is what cfn-lint's own rules find, and does not crash ours."""
    for look in rule.looks_at:
        section, kind, *_ = (*look.split("/"), "")
        broken: Any = {section: {"One": {"Type": kind, "Properties": 3}} if kind else 3}
        assert rule().match(Template("template.yaml", broken)) == []
