"""What follows from a change that is neither a risk nor harmless: longer, more, earlier, and for whom."""
