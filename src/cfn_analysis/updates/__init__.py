"""What CloudFormation does to deployed resources when a template or a value changes.

The way from two states of a set of stacks to the change of each resource:

1. ``partial_resolving``: a template and its parameter values -> values, as far as they are known.
2. ``resolved_stack``: the stacks of a state, in the order of a deploy -> ``ResolvedStack``: resources,
   outputs, and what each resource reads from the stacks before it.
3. ``comparison``: the properties of a resource in both states -> ``Difference``: the place, both values, and
   whether they differ for certain.
4. ``causes``: a difference -> its chain, from the edited file through parameters, conditions and outputs.
5. ``effects``: a difference -> ``Effect``: an update, a possible or a certain replacement; and side effects,
   such as an interruption. What the resource schemas do not contain is in facts.yaml, which ``facts`` reads,
   with the functions of ``cases`` for what depends on the values.
6. ``condition_cases``: a condition that is unknown in both states -> whether the resource may end or begin.
7. ``resource_changes``: steps 3 to 6 for each resource, and then for each resource that refers to a changed
   one, in the same or in another stack, until nothing new follows -> ``ResourceChange``: the action and its
   causes.

What is known only in the deployed stack has one form in each step: a value stays a function, a condition is
``UNKNOWN`` (``model.three_valued``), a difference is not certain, and its effect is at most a possible
replacement. Two unknown values that are written in the same way are equal.

``reviewing`` continues with the resource changes.
"""
