"""Reviewing: what a deploy will do to the running system, from two output folders or two templates."""
