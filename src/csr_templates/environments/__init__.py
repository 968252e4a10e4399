"""From the parameter files that an operator edits to checked values."""
