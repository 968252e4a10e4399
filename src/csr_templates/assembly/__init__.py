"""Creates the files of ``out/`` from stacks and parameter files, checks and writes them."""
