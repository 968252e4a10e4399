"""What repeats between the stacks: functions that return one resource, parameter or value each.

Parts return, stacks add. A part takes references (``x.Ref()``, ``x.GetAtt("Arn")``, ``Sub``), never a
template or another resource, and knows nothing of the stack that calls it. Every template declares the
parameters ``ProjectName`` and ``Environment``; parts refer to these two by name.
"""
