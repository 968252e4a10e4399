"""What is asked of each AWS service before and after a deploy.

``<service>.py`` has the checks, and ``<service>_calls.py`` the API calls whose answers they read. ``listing``
has all checks in the order of the reports.
"""
