"""Rules on Amazon CloudWatch."""
