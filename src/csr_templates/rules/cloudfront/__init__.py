"""Rules on Amazon CloudFront."""
