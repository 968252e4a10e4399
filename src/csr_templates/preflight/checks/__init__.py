"""The checks: one module for each AWS service; ``listing`` contains all of them."""
