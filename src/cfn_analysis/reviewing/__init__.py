"""Review of a deploy: its effects on the running system, from two output folders or two templates.

The caller takes step 1, and ``report.review`` the others: 2 to 5 for each environment, and 6 once for all.

1. ``sides``: a side is a folder or a template, with its stacks and their parameter values.
2. ``states``: the stacks of both sides, resolved with the values as far as these are known.
3. ``updates.resource_changes``: the properties that change, with the chain of causes from the edited file,
   and what follows in other resources and stacks.
4. ``outcomes``: what happens to each changed resource (update, replacement ...), to its clients and its data.
5. ``changes``: the result by stack, with the ``outputs`` and the parameters that change.
6. ``risks``: what needs a decision, from ``failures``, ``api_keys``, ``access``, ``switched_off``,
   ``guards``, ``removals``, ``renames``, ``names``, and from the outcomes and outputs. ``values`` applies the
   rows of the YAML files to changed values; ``address_blocks`` compares the blocks of subnets. A risk is data
   (``findings``): a kind, a subject, and a sentence of ``sentences`` with the values of its fields.
7. ``text``, ``markdown`` and ``report.document`` print it. ``digest`` groups what is equal, ``hiding`` hides
   secrets. ``gate`` marks the risks that ``acceptance`` reads as accepted. ``reconcile`` compares the review
   with a change set.

A value that is known only in the deployed stack counts as every value that it can have: the review then says
*may*, and never that nothing happens. The risks of a resource that may be removed include those if it stays.

To add a risk, add its sentence to sentences.yaml, and yield it where it is found. A new kind is a line in
``kinds``, in review.schema.json and in the tables of docs/review.md. To add a setting that guards, opens or
switches off a resource, add a row to guards/weakened.yaml, access/settings.yaml or switched_off.yaml; for a
type whose removal leaves a resource without its guard or its connection, add a line to removals.txt. A row of
guards or access moves a value from switched-off to its kind; guards that are not rows are in guards/*.py.
"""
