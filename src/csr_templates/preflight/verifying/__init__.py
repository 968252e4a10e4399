"""The checks after a deploy: one module for each AWS service; ``listing`` contains all of them."""
