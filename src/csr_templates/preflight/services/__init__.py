"""What is asked of each AWS service before and after a deploy.

``<service>.py`` has the checks, and ``<service>_calls.py`` the API calls whose answers they read. ``listing``
has all checks in the order of the reports.

A check yields subjects of the resolved templates, such as each alarm, and a function judges one of them at a
time. It reads answers with ``lookup(call)``. An answer that the facts do not contain yet ends the judgment:
``checked_account.collect`` makes the missing calls, and all checks are judged again until no call is missing.
So the order of the lines of such a function is the order of its calls. What has to be deployed is found with
``deployed_resources.check``, whose function gets the physical ID and the properties of a resource.
"""
