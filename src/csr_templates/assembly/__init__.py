"""From stacks and parameter files to the files of ``out/``, checked and written."""
