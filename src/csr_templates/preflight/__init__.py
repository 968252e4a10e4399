"""Checks whether built templates can be deployed: compares their needs with the state of an account."""
