"""What is checked: a module for each AWS service, and ``listing`` with all of them."""
