"""Access to an AWS account: clients, account and role, pages, time-outs, and errors as sentences.

It knows the API of AWS and the AWS CLI, and nothing of templates, facts or policies.
"""
