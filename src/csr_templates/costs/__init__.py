"""What the stacks cost: templates with their parameter values x saved prices -> lines and sums."""
