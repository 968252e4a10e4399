"""Review of a deploy: its effects on the running system, from two output folders or two templates."""
