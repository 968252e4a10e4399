"""The operators' commands, ``csr-operate``: what a person does to a running environment.

A command is a function. The table in ``command_line`` says which commands only read, which change something,
and which delete or replace something.
"""
