"""Whether an account will take what a build wrote: what the templates need, compared with what is there."""
