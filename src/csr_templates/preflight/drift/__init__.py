"""The drift of the stacks: what was changed by hand, and what that does to the system.

1. ``detection`` lets CloudFormation detect the drift of all stacks side by side; what it finds becomes facts.
2. ``differences`` reads the drifted resources from the facts.
3. ``expected`` names the differences that operators cause on purpose, and those that mean no change.
4. ``comparison`` reviews the account against the template, so that the review judges each difference.
5. ``rows`` makes the results of the report.
"""
