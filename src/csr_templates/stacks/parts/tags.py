"""Tags: who owns a resource, and its name in the console."""

from __future__ import annotations

from troposphere import Ref, Tags

from csr_templates.stacks.parts.names import named


def tags(what: str) -> Tags:
    """Return a fresh ``Tags`` with Project, Environment and ``Name=<project>-<environment>-<what>``.

    Fresh each time, since ``Tags`` objects are mutable and adding two of them changes the right one.
    """
    return Tags(Project=Ref("ProjectName"), Environment=Ref("Environment"), Name=named(what))
