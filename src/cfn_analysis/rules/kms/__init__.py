"""Rules on AWS Key Management Service."""
