"""CloudFormation templates as plain data; independent of the stacks and of troposphere."""
