"""How a rule of ours is tried alone."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Protocol

import pytest
from cfnlint.config import ConfigMixIn
from cfnlint.context import ParameterSet
from cfnlint.decode import decode_str
from cfnlint.rules import CloudFormationLintRule, Rules
from cfnlint.rules.jsonschema.CfnLint import CfnLint
from cfnlint.rules.jsonschema.JsonSchema import JsonSchema
from cfnlint.rules.resources.Configuration import Configuration
from cfnlint.rules.resources.properties.Properties import Properties
from cfnlint.template import Template

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

REGION = "ap-northeast-1"

# What leads cfn-lint to a rule of ours: template, keyword, resources, properties.
FRAME: tuple[type[CloudFormationLintRule], ...] = (JsonSchema, CfnLint, Configuration, Properties)


class Judge(Protocol):
    """Returns the path and the message of each finding of one rule on a template."""

    def __call__(
        self,
        rule: type[CloudFormationLintRule],
        text: str,
        parameters: Mapping[str, str] | None = None,
        regions: Sequence[str] = (REGION,),
    ) -> list[tuple[str, str]]:
        """Judge a template, with the defaults of its parameters or these values."""


@pytest.fixture
def judge() -> Judge:
    """Run one rule, with no other rule than the frame that calls it."""

    def run(
        rule: type[CloudFormationLintRule],
        text: str,
        parameters: Mapping[str, str] | None = None,
        regions: Sequence[str] = (REGION,),
    ) -> list[tuple[str, str]]:
        template, broken = decode_str(text)
        assert template is not None, broken

        rules = Rules()
        rules.extend([made() for made in (*FRAME, rule)])
        sets = [ParameterSet(parameters=dict(parameters))] if parameters else None
        cfn = Template("template.yaml", template, list(regions), sets)
        config = ConfigMixIn(["--config-file", os.devnull], regions=list(regions))
        everything = list(rules.run("template.yaml", cfn, config))
        found = [match for match in everything if match.rule.id == rule.id]

        # cfn-lint turns an exception in a rule into a finding of another.
        assert not [match.message for match in everything if "xception" in match.message]
        return [
            ("/".join(str(step) for step in getattr(match, "path", [])), match.message) for match in found
        ]

    return run
