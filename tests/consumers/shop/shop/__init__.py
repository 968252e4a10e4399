"""A second project: the stacks of csr_templates, and its own stack that uses them."""
