"""Rules on Amazon SNS."""
