"""What CloudFormation does when a template or a value changes."""
