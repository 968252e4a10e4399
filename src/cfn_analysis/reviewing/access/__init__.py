"""Access before and after a change: compares the allowed access, not the text of the policies."""
