from __future__ import annotations

import io
import json
import logging
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable

import pytest

from monitor.telemetry import logs

Written = Callable[..., io.StringIO]
KINDS: tuple[logs.Kind, ...] = ("people", "json", "console")

PASSWORD = 'Sm"tp pä$$word/42'
TOKEN = "tok-9f8e7d6c5b4a"
SIGNING_KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
PLANTED = (PASSWORD, TOKEN, SIGNING_KEY, "hunter2hunter2")


def leaks(text: str) -> list[str]:
    """Give what of the planted secrets can be read in `text`, in any spelling."""
    wanted = [*PLANTED, SIGNING_KEY.removeprefix("whsec_"), json.dumps(PASSWORD)[1:-1]]
    return [secret for secret in wanted if secret in text]


def say_everything(log: logging.Logger) -> None:
    """Say secrets in every place that a record has."""
    log.info("login with %s failed", PASSWORD)
    log.info("GET https://feeds.example.org/rss?token=%s&page=2", TOKEN)
    log.warning("posting to https://user:hunter2hunter2@example.org/hook", extra={"key": TOKEN})
    log.error("signing", extra={"headers": {"Authorization": f"Bearer {TOKEN}"}, "s": SIGNING_KEY})
    try:
        try:
            int(f"bad answer for {PASSWORD}")
        except ValueError as error:
            raise RuntimeError(f"while using {SIGNING_KEY} at smtp://a:{TOKEN}@mail") from error
    except RuntimeError:
        log.exception("gave up on %r", PASSWORD)
    log.info("%d items", PASSWORD)  # a wrong format: logging itself would print the arguments


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("level", ["info", "debug"])
def test_no_output_holds_a_planted_secret(kind: logs.Kind, level: str, written: Written) -> None:
    stream = written(kind, level, (PASSWORD, TOKEN, SIGNING_KEY, "hunter2hunter2"))
    say_everything(logging.getLogger("monitor.courier"))
    log = logs.get_logger("monitor.app").bind(password=PASSWORD)
    log.info("mail", url=f"smtps://me:{PASSWORD}@mail.example.org:465", bytes=SIGNING_KEY.encode())
    text = stream.getvalue()
    assert leaks(text) == []
    assert len(text.splitlines()) == 7
    assert text.count("***") >= 7
    assert "feeds.example.org/rss?token=***&page=2" in text


@pytest.mark.parametrize(
    "line",
    [
        f"smtp://me:{TOKEN}@mail.example.org",
        f"https://example.org/rss?x=1&api_key={TOKEN}",
        f"https://example.org/rss?access-token={TOKEN};y=2",
        "https://example.org/rss?u=a1b2c3d4e5f6a7b8c9d0e1f2a3b4",
        f"Authorization: Bearer {TOKEN}",
        f"headers: {{'authorization': 'Basic {TOKEN}'}}",
        f"secret {SIGNING_KEY} refused",
    ],
)
def test_what_looks_secret_is_hidden_though_nobody_registered_it(
    line: str, written: Written
) -> None:
    stream = written("json")
    logging.getLogger("x").warning(line)
    event = json.loads(stream.getvalue())["event"]
    assert "***" in event
    assert leaks(event) == []
    assert "a1b2c3" not in event


@pytest.mark.parametrize(
    "line",
    [
        "https://www.bbc.co.uk/news/articles/c1234567890xyz?at_medium=RSS&at_campaign=rss",
        "1,000 for 1,000: the keyword=truce search, e-mail a@example.org",
        "Basic understanding of 2025 talks",
    ],
)
def test_ordinary_news_is_left_as_it_is(line: str, written: Written) -> None:
    stream = written("json")
    logging.getLogger("x").warning(line)
    assert json.loads(stream.getvalue())["event"] == line


def test_secrets_of_a_reload_are_learned_and_old_ones_stay(written: Written) -> None:
    stream = written("json", secrets=("first-secret",))
    logs.add_secrets(["second-secret", "ab"])
    logging.getLogger("x").warning("first-secret second-secret ab")
    assert json.loads(stream.getvalue())["event"] == "*** *** ab"


@pytest.mark.parametrize("kind", KINDS)
def test_one_record_is_one_line_whatever_a_title_holds(kind: logs.Kind, written: Written) -> None:
    stream = written(kind)
    title = "Truce\r\n12:00:00  FAKE  alert\x1b[2J\x9b31m\u2028\u202e\ud800 \x00end"
    logging.getLogger("x").warning("read %s", title, extra={"subject": "A\nB"})
    logs.get_logger("y").warning(title)
    text = stream.getvalue()
    assert text.count("\n") == 2
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u202e\ud800]", text)
    assert "end" in text
    if kind == "json":
        assert json.loads(text.splitlines()[1])["event"] == title


def test_people_read_short_lines(written: Written) -> None:
    stream = written("people")
    logs.get_logger("monitor.app").info(
        "poll-done", subject="BBC World", text="12 new items, 1 alert", new_items=12
    )
    logging.getLogger("monitor.poller").warning("timed out", extra={"subject": "TASS"})
    logs.get_logger("monitor.app").info("started", feeds=32)
    logging.getLogger("monitor.poller").debug("not said at this level")
    lines = stream.getvalue().splitlines()
    assert re.fullmatch(r"\d\d:\d\d:\d\d  BBC World  12 new items, 1 alert", lines[0])
    assert lines[1].endswith("  TASS  warning: timed out")
    assert lines[2].endswith("  started  feeds=32")
    assert len(lines) == 3


def test_people_see_an_error_in_brief_and_a_machine_the_whole_traceback(written: Written) -> None:
    def fail() -> None:
        try:
            int("no such day")
        except ValueError:
            logging.getLogger("x").exception("a tick failed")

    people = written("people")
    fail()
    assert people.getvalue().rstrip().endswith(")")
    assert (
        "(ValueError: invalid literal for int() with base 10: 'no such day', at test_logs.py:"
        in people.getvalue()
    )
    machine = written("json")
    fail()
    record = json.loads(machine.getvalue())
    assert record["exception"].startswith("Traceback (most recent call last):\n")
    assert record["level"] == "error"


def test_a_json_record_names_time_level_logger_and_values(written: Written) -> None:
    stream = written("json")
    logs.get_logger("monitor.app").info("poll-done", subject="BBC", new_items=3, held={"same": 2})
    record = json.loads(stream.getvalue())
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", record.pop("timestamp"))
    assert record == {
        "event": "poll-done",
        "subject": "BBC",
        "new_items": 3,
        "held": {"same": 2},
        "level": "info",
        "logger": "monitor.app",
    }


def test_auto_speaks_to_people_on_a_terminal_only() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal, pipe = Terminal(), io.StringIO()
    logs.configure("auto", stream=terminal)
    logging.getLogger("x").info("hello")
    logs.configure("auto", stream=pipe)
    logging.getLogger("x").info("hello")
    assert terminal.getvalue().rstrip().endswith("  hello")
    assert json.loads(pipe.getvalue())["event"] == "hello"


def test_libraries_that_write_urls_are_quiet_below_warning(written: Written) -> None:
    stream = written("json", "debug")
    for name in ("httpx", "httpcore.connection", "aiosmtplib", "apscheduler.scheduler"):
        logging.getLogger(name).info("GET https://example.org/%s", TOKEN)
    assert stream.getvalue() == ""
    logging.getLogger("httpx").warning("odd")
    assert json.loads(stream.getvalue())["event"] == "odd"


def test_an_unknown_level_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="unknown log level 'loud'"):
        logs.configure("json", "loud")


def test_a_broken_pipe_never_reaches_whoever_logs() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    stream = os.fdopen(writing, "w", encoding="utf-8")
    logs.configure("json", stream=stream)
    handler = next(h for h in logging.getLogger().handlers if isinstance(h, logs.LineHandler))
    for _ in range(3):
        logging.getLogger("x").warning("into the void")
    assert handler.lost >= 1
    with pytest.raises(BrokenPipeError):
        stream.close()  # what is buffered goes nowhere, and the test says so once


def test_a_closed_stderr_never_reaches_whoever_logs() -> None:
    stream = io.StringIO()
    logs.configure("json", stream=stream)
    handler = next(h for h in logging.getLogger().handlers if isinstance(h, logs.LineHandler))
    stream.close()
    logging.getLogger("x").warning("into the void")
    assert handler.lost == 1


def test_an_ascii_stream_takes_every_script() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    logs.configure("people", stream=stream)
    logging.getLogger("x").info("перемир'я")
    assert raw.getvalue().decode("ascii").rstrip().endswith("\\u044f")


def test_what_nobody_caught_is_logged_without_secrets(written: Written) -> None:
    stream = written("json", secrets=(PASSWORD,))
    logs.log_uncaught()

    def work() -> None:
        raise RuntimeError(f"lost {PASSWORD}")

    thread = threading.Thread(target=work, name="desk")
    thread.start()
    thread.join(5)
    record = json.loads(stream.getvalue())
    assert record["event"] == "an error that nobody caught ended the thread desk"
    assert "RuntimeError: lost ***" in record["exception"]
    assert leaks(stream.getvalue()) == []


def test_a_process_without_stderr_logs_and_ends_well() -> None:
    code = (
        "import logging, sys\n"
        "from monitor.telemetry import logs\n"
        "logs.configure('auto')\n"
        "logging.getLogger('x').warning('hello')\n"
        "logs.get_logger('y').warning('hello')\n"
        "sys.stdout.write('still here')\n"
    )
    done = subprocess.run(
        ["/bin/sh", "-c", 'exec "$0" -c "$1" 2>&-', sys.executable, code],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "still here")


def test_a_long_text_is_cut_in_its_middle_after_redaction(written: Written) -> None:
    stream = written("json", secrets=(TOKEN,))
    text = TOKEN * 3 + "x" * 1_000_000 + TOKEN
    logging.getLogger("x").warning(text)
    line = stream.getvalue()
    assert len(line) < 17_000
    assert "characters left out" in json.loads(line)["event"]
    assert leaks(line) == []
