"""Arguments: templates. Standard output: what cloudformation-validate finds in each, but for information."""

import json
import sys

from cloudformation_validate import CompositeEngine, Severity

engine = CompositeEngine()
found = [
    [one.rule_id, file, one.entity.logical_id if one.entity else ""]
    for file in sys.argv[1:]
    for one in engine.validate_template(file).diagnostics
    if one.severity is not Severity.INFO
]
print(json.dumps(found))
