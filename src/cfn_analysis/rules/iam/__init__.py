"""Rules on AWS Identity and Access Management."""
