"""The rules for cfn-lint are in another package: ``cfn-lint -a cfn_analysis.rules``."""

raise ImportError("The rules are in cfn_analysis.rules. Use cfn-lint -a cfn_analysis.rules.", name=__name__)
