"""The command line. `main` is the entry point; each command is imported when it is called."""

from monitor.cli.main import main

__all__ = ["main"]
