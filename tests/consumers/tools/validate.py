"""Arguments: templates. Standard output: what cloudformation-validate finds in each, but for information."""

import json
import sys

from cloudformation_validate import CompositeEngine, Severity

engine = CompositeEngine()
findings = []
for file in sys.argv[1:]:
    for diagnostic in engine.validate_template(file).diagnostics:
        if diagnostic.severity is not Severity.INFO:
            logical_id = diagnostic.entity.logical_id if diagnostic.entity else ""
            findings.append([diagnostic.rule_id, file, logical_id])
print(json.dumps(findings))
