"""Checks whether built templates can be deployed: compares them with the state of an account."""
