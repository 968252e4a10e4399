"""The dashboards of the stacks: rows of widgets, as plain dicts derived from the template of the stack."""
