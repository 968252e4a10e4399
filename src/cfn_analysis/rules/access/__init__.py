"""Rules on access between services."""
