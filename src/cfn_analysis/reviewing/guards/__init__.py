"""Guards before and after a change: protection of data, logs and backups, and notifications."""
