"""What the dashboard of each stack shows: rows of widgets, as plain dicts made from the stack's template."""
