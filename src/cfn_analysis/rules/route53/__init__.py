"""Rules on Amazon Route 53."""
