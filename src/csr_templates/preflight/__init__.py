"""Checks whether built templates can be deployed: compares them with the state of an account.

``preflight`` checks before a deploy, ``verify`` after it. ``deployed_state``, ``deployed_report`` and
``review_side`` are the same for the review: the deployed stacks as the earlier side.

How one check is made; the example is ``engine-version``, which is about each DB cluster:

1. ``resolved_environment.resolve_environment`` fills the values of the parameter files into the templates of
   the output folder, for one environment and account.
2. ``checked_account.collect`` asks ``results.missing_calls`` which answers the checks read and the facts do
   not contain. For this, every check is judged with the facts, and ends at its first missing answer.
3. ``CheckedAccount.ask`` makes these calls in parallel. A call is a ``facts.Query``, made from a declared
   ``calls.ApiCall``; what is kept of its answer is a ``Fact``. Steps 2 and 3 repeat until nothing is missing:
   first the description of the stack, then its resources, the cluster, and its version.
4. ``results.judge`` calls, for each ``Subject`` of a ``Check``, the function that judges it. Here it is
   ``services.rds._judge_version``, which reads the facts with a ``Lookup`` and returns a ``Result``: a
   status, a sentence and a remedy. If a call failed, the status is UNKNOWN.
5. ``results`` adds the command of the call that shows the checked fact: a ``CheckResult``.
6. ``report`` marks the results to ignore, orders them by status and prints them.

``services`` tells how a check is written, and has the checks of each AWS service.
"""
