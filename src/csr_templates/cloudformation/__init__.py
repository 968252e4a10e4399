"""CloudFormation templates as plain data; nothing here knows a stack or troposphere."""
