"""Rules on Amazon S3."""
