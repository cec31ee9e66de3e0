"""Logs: structlog over the standard library, to stderr, one line a record, without secrets.

Rooms that may not import this one log through `logging.getLogger(__name__)` and come out the same.
Two keys shape the line that people read on a terminal, given as keywords to a structlog logger or
in `extra=` to a standard one: `subject`, the feed, watch or channel that the record is about, and
`text`, a sentence where the event itself is only a stable word:

    log.info("poll-done", subject="BBC World", text="12 new items, 1 alert", new_items=12)

reads `12:03:04  BBC World  12 new items, 1 alert` on a terminal and is one JSON object elsewhere.
"""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from collections.abc import Iterable, MutableMapping, Sequence
from datetime import UTC, datetime, tzinfo
from types import TracebackType
from typing import Any, Literal, TextIO, cast

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from monitor.telemetry.redact import Redactor, one_line

Kind = Literal["auto", "people", "json", "console"]

#: Loggers that say too much at INFO. httpx writes every URL, tokens in it and all.
QUIETER = ("httpx", "httpcore", "aiosmtplib", "apscheduler", "asyncio", "mail.log")

_redactor = Redactor()

#: From a structlog call to a record of the standard library, where the handler takes over.
_TO_STDLIB: tuple[Processor, ...] = (
    structlog.stdlib.filter_by_level,
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
)


def configure(
    kind: Kind = "auto",
    level: str = "info",
    secrets: Sequence[str] = (),
    stream: TextIO | None = None,
    *,
    zone: tzinfo | None = None,
) -> None:
    """Send all logs of the process to `stream` (stderr where it is None). May be called again.

    `auto` is `people` on a terminal and `json` elsewhere; `console` is key=value text. `level` is
    a name that `logging` knows. `zone` is that of the times people read; None: the machine's.
    Raises ValueError for an unknown level.
    """
    _redactor.add(secrets)
    target = stream if stream is not None else sys.stderr
    if kind == "auto":
        kind = "people" if _is_terminal(target) else "json"
    number = logging.getLevelNamesMapping().get(level.upper())
    if number is None:
        raise ValueError(f"unknown log level {level!r}; use debug, info, warning or error")
    handler = LineHandler(target)
    handler.setFormatter(_formatter(kind, zone, full_trace=number <= logging.DEBUG))
    root = logging.getLogger()
    for old in [old for old in root.handlers if isinstance(old, LineHandler)]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(number)
    for name in QUIETER:
        logging.getLogger(name).setLevel(max(number, logging.WARNING))
    structlog.configure(
        processors=_TO_STDLIB,
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


def add_secrets(values: Iterable[str]) -> None:
    """Teach the redactor the secrets of a configuration that was just read."""
    _redactor.add(values)


def redact(text: str) -> str:
    """Give `text` without secrets: for whatever else leaves the process, such as health pages."""
    return _redactor.text(text)


def redact_value(value: object) -> object:
    """Give `value` as something JSON can hold, without secrets."""
    return _redactor.value(value)


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """Give the logger of a module; call it with `__name__`.

    It needs no `configure`: structlog's own default would print to stdout, where data goes.
    """
    logger = structlog.wrap_logger(
        logging.getLogger(name), processors=_TO_STDLIB, wrapper_class=structlog.stdlib.BoundLogger
    )
    return cast("structlog.stdlib.BoundLogger", logger)


def log_uncaught() -> None:
    """Route what nobody caught (in the main thread, others, finalizers) and warnings to the log.

    Python's own hooks write raw tracebacks to stderr, past the redactor.
    """
    log = logging.getLogger("monitor.uncaught")

    def main_hook(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            return
        log.critical("an error that nobody caught ends the program", exc_info=(kind, error, trace))

    def thread_hook(args: threading.ExceptHookArgs) -> None:
        name = args.thread.name if args.thread else "unknown"
        error = args.exc_value or args.exc_type()
        log.critical("an error that nobody caught ended the thread %s", name, exc_info=error)

    def unraisable_hook(args: sys.UnraisableHookArgs) -> None:
        log.error("%s", args.err_msg or "an error while cleaning up", exc_info=args.exc_value)

    sys.excepthook = main_hook
    threading.excepthook = thread_hook
    sys.unraisablehook = unraisable_hook
    logging.captureWarnings(capture=True)


class LineHandler(logging.StreamHandler[TextIO]):
    """Writes records to a stream that may be closed, full or broken, which is never an error.

    `lost` counts records that could not be written.
    """

    def __init__(self, stream: TextIO | None) -> None:
        super().__init__(stream)
        self.lost = 0

    def format(self, record: logging.LogRecord) -> str:
        """Give the line, in characters that the stream's encoding has (LANG=C knows only ASCII)."""
        line = super().format(record)
        encoding = getattr(self.stream, "encoding", None) or "utf-8"
        return line.encode(encoding, "backslashreplace").decode(encoding)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the name is logging's
        """Take what `emit` could not do; logging's own way prints the arguments, secrets too."""
        self.lost += 1
        error = sys.exc_info()[1]
        if isinstance(error, OSError | ValueError) and not _is_usable(self.stream):
            return  # stderr is gone, and there is no other place to say so
        kind = type(error).__name__
        place = f"{record.name} ({record.module}:{record.lineno})"
        try:
            self.stream.write(one_line(f"a log record of {place} cannot be written: {kind}") + "\n")
            self.flush()
        except (OSError, ValueError, AttributeError):
            self.lost += 1  # as above: the record is counted, nobody is left to be told


def _is_terminal(stream: TextIO | None) -> bool:
    """Say whether somebody reads along; a stream that is closed or None is no terminal."""
    return stream is not None and not stream.closed and stream.isatty()


def _is_usable(stream: TextIO | None) -> bool:
    """Say whether writing to the stream still works."""
    if stream is None or stream.closed:
        return False
    try:
        stream.flush()
    except OSError:
        return False
    return True


def _formatter(
    kind: Kind, zone: tzinfo | None, *, full_trace: bool
) -> structlog.stdlib.ProcessorFormatter:
    """Build the chain from a record to its line."""
    people = kind == "people"
    render: dict[str, Processor] = {
        "people": _people_line,
        "json": structlog.processors.JSONRenderer(sort_keys=False, ensure_ascii=False),
        "console": structlog.dev.ConsoleRenderer(
            colors=False, exception_formatter=structlog.dev.plain_traceback
        ),
    }

    def stamp(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
        now = datetime.now(UTC)
        if people:
            time = now.astimezone(zone).strftime("%H:%M:%S")
        else:
            time = now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return {"timestamp": time, **event}

    def explain(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
        error = _error_of(event.pop("exc_info", None))
        if error is not None:
            full = full_trace or not people
            event["exception"] = _trace(error) if full else _brief(error)
        return event

    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.ExtraAdder(), _without_echo],
        processors=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            stamp,
            explain,
            _redact_values,
            render[kind],
            _keep_one_line,
        ],
    )


def _without_echo(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """Drop what another handler's formatter left on the record: it repeats message and time."""
    for key in ("message", "asctime"):
        event.pop(key, None)
    return event


def _redact_values(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """Redact before rendering: a secret that rendering would escape is still whole here."""
    return cast("MutableMapping[str, Any]", _redactor.value(event))


def _keep_one_line(_logger: WrappedLogger, _name: str, line: Any) -> str:
    """Spell out control characters, those of a traceback too: one record is one line."""
    return one_line(str(line))


def _people_line(_logger: WrappedLogger, _name: str, event: EventDict) -> str:
    """Render `time  subject  text`, two spaces apart; details only where there is no sentence."""
    time, level = event.pop("timestamp"), event.pop("level", "info")
    subject, text = event.pop("subject", ""), event.pop("text", "")
    exception, name = event.pop("exception", ""), event.pop("logger", "")
    said = str(text or event.pop("event", ""))
    if not text and event:
        said += "  " + " ".join(f"{key}={value}" for key, value in event.items())
    if level not in ("info", "debug"):
        said = f"{level}: {said}"
    if level == "debug":
        said = f"{said}  [{name}]"
    parts = [time, str(subject), said, str(exception)]
    return "  ".join(part for part in parts if part)


def _error_of(exc_info: object) -> BaseException | None:
    """Give the exception behind any of the forms that `exc_info` takes."""
    if isinstance(exc_info, BaseException):
        return exc_info
    if isinstance(exc_info, tuple):
        return next((part for part in exc_info if isinstance(part, BaseException)), None)
    return sys.exc_info()[1] if exc_info else None


def _trace(error: BaseException) -> str:
    """Give the whole traceback, its causes included."""
    return "".join(traceback.format_exception(error)).rstrip()


def _brief(error: BaseException) -> str:
    """Give `(ValueError: text, at file.py:12)`: what a person at a terminal can use."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f", at {frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else ""
    return f"({type(error).__name__}: {error}{place})"
