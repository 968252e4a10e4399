"""Who may reach what: access before and after, compared as access and not as text."""
