"""Rules on the template as a whole."""
