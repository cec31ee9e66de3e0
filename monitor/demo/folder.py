"""The demo's folder: made anew for each run, and never one that belongs to somebody else."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from monitor.demo.feeds import path_of
from monitor.errors import CommandError
from monitor.settings.scaffold import shipped_config

#: A folder that holds this file is a demo's; without it nothing in a folder is touched.
MARKER = ".parley-demo"
#: What the demo knows at its start.
BASELINE = "2025-06-02.yaml"
#: Who gets the mails.
RECIPIENTS = ("desk@example.org",)
#: Names of the two channels, as the shipped watches know them.
MAIL, HOOK = "desk", "hook"
_MADE = ("config", "store", "mail", "webhook", "console.txt", "daemon.log")


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the servers of the demo listen (`host:port`), and the webhook's secret."""

    feeds: str
    hook: str
    mail_port: int
    secret: str


class Folder:
    """The paths of one demo."""

    def __init__(self, path: Path) -> None:
        """Name the folder; nothing is touched before `claim`."""
        self.path = path
        self.config, self.store = path / "config", path / "store"
        self.mail, self.webhook = path / "mail", path / "webhook"
        self.console, self.log = path / "console.txt", path / "daemon.log"

    def claim(self) -> None:
        """Make the folder, or find that it is a demo's. Raises `CommandError` where it is not."""
        try:
            ours = (self.path / MARKER).is_file()
            if self.path.is_dir() and not ours and any(self.path.iterdir()):
                raise CommandError(
                    f"{self.path} holds files and is no folder of a demo: nothing was touched; "
                    "name another one with --data"
                )
            self.path.mkdir(parents=True, exist_ok=True)
            text = "A folder of `parley demo`, which makes its files anew at each run.\n"
            (self.path / MARKER).write_text(text, encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{self.path} cannot be used: {error.strerror}") from error

    def clear(self) -> None:
        """Take away what an earlier demo left, and nothing else. Raises `CommandError`."""
        try:
            for path in (self.path / name for name in _MADE):
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                else:
                    path.unlink(missing_ok=True)
            for folder in (self.config, self.mail, self.webhook):
                folder.mkdir()
        except OSError as error:
            raise CommandError(f"{error.filename} cannot be made anew: {error.strerror}") from error

    def write_config(self, feeds: Mapping[str, str], at: Addresses) -> None:
        """Write a configuration: what is shipped, but for feeds (name: language) and channels.

        Raises `CommandError` where the installation lacks the baseline.
        """
        shipped = shipped_config()
        if not (shipped / "baselines" / BASELINE).is_file():
            raise CommandError(f"this installation holds no baseline {BASELINE}; reinstall Parley")
        files = [*shipped.glob("watches/**/*.yaml"), *shipped.glob("concepts/**/*.yaml")]
        for path in [*files, shipped / "baselines" / BASELINE]:
            # the bytes alone: an installation may be read-only, and this folder is made anew
            copy = self.config / path.relative_to(shipped)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
        (self.config / "feeds.yaml").write_text(_feeds_yaml(feeds, at), encoding="utf-8")
        machine = self.config / "parley.yaml"
        machine.touch(mode=0o600)  # it holds the webhook's secret
        machine.write_text(_parley_yaml(self.store, at), encoding="utf-8")


def _feeds_yaml(feeds: Mapping[str, str], at: Addresses) -> str:
    lines = [
        "  - "
        + _flow(
            name=name, url=f"http://{at.feeds}{path_of(name)}", language=language,
            publisher=path_of(name)[1:-4], pace="fast",
        )
        for name, language in feeds.items()
    ]  # fmt: skip
    return "\n".join(["version: 1", "feeds:", *lines, ""])


def _parley_yaml(store: Path, at: Addresses) -> str:
    mail = _flow(
        kind="email", host="127.0.0.1", port=at.mail_port, tls="none",
        **{"from": "Parley <parley@example.org>", "to": RECIPIENTS},
    )  # fmt: skip
    hook = _flow(kind="webhook", url=f"http://{at.hook}/", secret=at.secret)
    return f"""\
# Written by `parley demo`: only feeds and channels differ from what is shipped.
version: 1
data: {json.dumps(str(store.resolve()))}
listen: 127.0.0.1:0
timezone: Europe/Istanbul
fetch: {{allow_private: [{json.dumps(at.feeds)}, {json.dumps(at.hook)}], per_host: 8}}
channels:
  console: {{kind: console}}
  {MAIL}: {mail}
  {HOOK}: {hook}
"""


def _flow(**values: object) -> str:
    """Give a mapping as YAML, of which JSON is a part."""
    return json.dumps(values, ensure_ascii=False)
