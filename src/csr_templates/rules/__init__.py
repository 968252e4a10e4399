"""Rules for cfn-lint: ``cfn-lint -a csr_templates.rules -- FILE`` runs them on any template."""

from csr_templates.rules.alarms import AlarmWithoutActionOrDescription
from csr_templates.rules.conditional_names import ConditionalRetainedName
from csr_templates.rules.ignores import IgnoreWithoutReason

__all__ = ["AlarmWithoutActionOrDescription", "ConditionalRetainedName", "IgnoreWithoutReason"]
