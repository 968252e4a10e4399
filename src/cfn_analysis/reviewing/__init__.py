"""Review of a deploy: its effects on the running system, from two output folders or two templates.

The caller takes step 1, and ``report.review`` the others: 2 to 5 for each environment, and 6 once for all.

1. ``sides``: a side is a folder or a template, with its stacks and their parameter values.
2. ``states``: the stacks of both sides, resolved with the values as far as these are known.
3. ``updates.resource_changes``: the properties that change, with the chain of causes from the edited file,
   and what follows in other resources and stacks.
4. ``outcomes``: what happens to each changed resource (update, replacement ...), to its clients and its data.
5. ``changes``: the result by stack, with the ``outputs`` and the parameters that change.
6. ``risks``: what needs a decision, from ``failures``, ``api_keys``, ``access``, ``switched_off``,
   ``guards``, ``additions``, ``removals``, ``renames``, ``names``, and from the outcomes and outputs.
   ``values`` applies the rows of the YAML files to changed values; ``address_blocks`` compares the blocks of
   subnets. A risk is data (``findings``): a kind, a subject, and a sentence of ``sentences`` with the values
   of its fields.
   ``judging`` says which changes no risk is about, which of these are harmless, and what follows from others.
7. ``text``, ``markdown`` and ``report.document`` print it. ``digest`` groups what is equal, ``hiding`` hides
   secrets. ``gate`` marks the risks that ``acceptance`` reads as accepted. ``reconcile`` compares the review
   with a change set.

How one changed property becomes a line of the review; the example is ``DeletionProtection`` of a DB cluster,
which a parameter file sets to false:

1. ``report.review`` calls ``states.resolved_states`` for each environment: each side becomes stacks of
   resources in which the known values replace parameters, conditions and mappings.
2. ``resource_changes._direct_change`` compares the cluster of both states. ``comparison.differences`` returns
   a ``Difference``: the place, its path, ``"true"``, ``"false"``, and that these differ for certain.
3. ``causes.CauseChains.of_value`` returns what led to it, here the parameter file and the parameter, and
   ``effects.effect_of_values`` whether it replaces the cluster or updates it. Both are in a ``Cause``.
4. ``resource_changes._Following`` adds causes to the resources that refer to a replaced one. The causes of
   one resource are a ``ResourceChange``; its ``action`` is the strongest effect, here ``update``.
5. ``outcomes.resource_outcomes`` adds what happens to clients and data, and ``changes.environment_changes``
   collects these outcomes by stack. The line about the cluster itself is complete with this.
6. ``risks.risks`` calls each detector. ``guards.weakened.weakened_guards`` takes each value that changes from
   ``values.value_changes``; ``values.setting_of`` finds its row in weakened.yaml, and the judge of this row
   returns what is wrong. ``findings.risk`` makes a ``Risk`` of it: ``guard``, the cluster and ``WEAKENED``.
7. ``judging.judgments`` goes through all causes again: a risk names the value, a row of harmless.yaml or a
   detector in ``DETECTORS`` calls it harmless, a row of effects/properties.yaml or a detector in ``EFFECTS``
   says what follows from it, or it is not judged.
8. ``digest.stack_digests`` and ``digest.risk_groups`` merge what is equal in several environments and
   resources. ``text.as_text`` and ``markdown.as_markdown`` write these; ``report.document`` writes all.

A detector looks at all changes, so a value can have several risks. Only the names of properties give way:
``switched_off`` judges a value by its name where no row of switched_off.yaml, of guards/weakened.yaml and of
access/settings.yaml is about it. In one file, the first row about a value judges it.

A value that is known only in the deployed stack counts as every value that it can have: the review then says
*may*, and never that nothing happens. The risks of a resource that may be removed include those if it stays.

To add a risk, add its sentence to ``sentences``, and yield it in a detector. A new kind is a line in
``kinds``, in review.schema.json and in the tables of docs/review.md. To add a setting that guards, opens or
switches off a resource, add a row to guards/weakened.yaml, access/settings.yaml or switched_off.yaml; for a
type whose removal leaves a resource without its guard or its connection, add a line to removals.txt; what
follows from a new resource of a type is in additions.txt.
Guards that are not rows are in guards/*.py. To say what follows from a value in one direction, add a row to
effects/properties.yaml; it must hold for every value that the schema allows.
"""
