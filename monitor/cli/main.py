"""The group of all commands, as a user thinks: daily, rules, knowledge, machine, lab.

The table below is all that `parley --help` needs; a command's own module, and whatever it imports,
is loaded when the command is called.
"""

from __future__ import annotations

import sys
from importlib import import_module

import click

from monitor import __version__

#: heading -> command -> (module, what it does)
COMMANDS: dict[str, dict[str, tuple[str, str]]] = {
    "Daily": {
        "status": ("status", "What runs, what waits, how long alerts take."),
        "alerts": ("alerts", "What was told, newest first; what became of one."),
        "try": ("try_", "Judge a headline as the daemon would; nothing is stored or sent."),
        "stories": ("stories", "What the outlets tell, newest first; one story's reports."),
    },
    "Rules": {
        "new": ("new", "Begin a watch for a topic of your own."),
        "check": ("check", "Read all configuration, run the tests inside watches."),
        "backtest": ("backtest", "What a watch would have taken of the stored items."),
        "explain": ("explain", "Why an item was told, or not."),
        "concepts": ("concepts", "The vocabulary: list, show, expand, find a word."),
        "config": ("config", "Compare the configuration with what was shipped."),
        "init": ("init", "Write a configuration folder to begin with."),
    },
    "Knowledge": {
        "baseline": ("baseline", "What is known: show, set, retract, undo, as-of."),
    },
    "Machine": {
        "run": ("run", "Watch the feeds until stopped."),
        "once": ("once", "Look at the feeds that are due, deliver, and end."),
        "feeds": ("feeds", "The feeds and how they do."),
        "outbox": ("outbox", "Deliveries: list, show, retry, drop."),
        "quarantine": ("quarantine", "Items that could not be judged: list, retry."),
        "backup": ("backup", "Copy the database while in use."),
        "restore": ("restore", "Put a backup in the database's place."),
        "send-test": ("send_test", "Send a test message through a channel."),
        "healthcheck": ("healthcheck", "Ask a running daemon whether it lives; for containers."),
    },
    "Lab": {
        "demo": ("demo", "June 2025 in a minute: feeds, mail and webhook on this machine."),
        "replay": ("replay", "Judge a file of items, a line of JSON each."),
        "eval": ("eval_", "Precision and recall of the queries on a labelled file."),
    },
}


class Commands(click.Group):
    """Finds commands in the table, and imports one only to call it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Give the names in the order of the table."""
        del ctx
        return [name for group in COMMANDS.values() for name in group]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and give a command."""
        del ctx
        for group in COMMANDS.values():
            if cmd_name in group:
                module = import_module(f"monitor.cli.{group[cmd_name][0]}")
                command: click.Command = module.command
                return command
        return None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table, a section a heading."""
        del ctx
        for heading, group in COMMANDS.items():
            with formatter.section(heading):
                formatter.write_dl([(name, about) for name, (_, about) in group.items()])


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="parley")
def parley() -> None:
    """Watch news feeds, and be told when the state of affairs changes: once, with the reason."""


def main() -> None:
    """Run the command line. Exit 0: fine, 1: failed, 2: usage or configuration."""
    from monitor.errors import ConfigError, ParleyError

    try:
        parley(prog_name="parley")
    except ConfigError as error:
        for problem in error.problems:
            click.echo(problem.told, err=True)
        sys.exit(2)
    except ParleyError as error:
        again = "; the same can succeed later" if error.retryable else ""
        click.echo(f"parley: {error}{again}", err=True)
        sys.exit(1)
    except BrokenPipeError:  # whoever read our output has gone: `parley alerts | head`
        sys.stderr.close()
        sys.exit(0)
