"""Run the command line as ``python -m csr_templates``."""

from csr_templates.cli import run

if __name__ == "__main__":
    run()
