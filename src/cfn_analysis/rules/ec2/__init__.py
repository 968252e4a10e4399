"""Rules on Amazon EC2 and VPC."""
