"""Rules on Amazon SQS."""
