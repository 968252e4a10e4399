"""Rules on Amazon CloudWatch Logs."""
