"""Rules on AWS WAF."""
