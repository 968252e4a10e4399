"""The generated reference page and its diagrams."""
