"""Rules on settings that do not fit together, of any service."""
