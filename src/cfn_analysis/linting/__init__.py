"""Lints template text with cfn-lint, in this process and the same way on every machine."""
