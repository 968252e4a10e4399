"""Rules on Amazon API Gateway."""
