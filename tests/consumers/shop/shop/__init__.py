"""A second project: the stacks of csr_templates, and one of its own that builds on them."""
