"""Rules on AWS Lambda."""
