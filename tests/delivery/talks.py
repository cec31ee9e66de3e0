"""The connections of a server in a test's loop: all of them end before the loop does."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Iterator


class Talks:
    """What is being talked over at this moment."""

    def __init__(self) -> None:
        self._open: dict[asyncio.Task[object], asyncio.StreamWriter] = {}

    @contextlib.contextmanager
    def talk(self, writer: asyncio.StreamWriter) -> Iterator[None]:
        """Hold one connection; a client that goes away is no error, and the end closes it."""
        task = asyncio.current_task()
        assert task is not None
        self._open[task] = writer
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
                yield
        finally:
            del self._open[task]
            writer.close()

    async def end(self) -> None:
        """Cut off what is left, and let the loop see that it is closed."""
        left = dict(self._open)
        for task, writer in left.items():
            writer.transport.abort()
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        await asyncio.sleep(0.01)
