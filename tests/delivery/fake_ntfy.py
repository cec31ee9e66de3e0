"""An ntfy server as far as Parley speaks to it: publishing as JSON."""

from __future__ import annotations

from typing import Any

from tests.delivery.fake_chat import FakeChat, Got, Reply

MOST_BYTES = 4096


class FakeNtfy(FakeChat):
    """Publishes; a longer message is refused, as where attachments are off.

    `shown` holds what a phone shows: by sequence, the newest of each.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.shown: dict[str, str] = {}

    def is_ok(self, reply: Reply) -> bool:
        return isinstance(reply.body, dict) and "id" in reply.body

    def answer(self, got: Got) -> Reply:
        reply = super().answer(got)
        if self.taken and self.taken[-1] is got:
            self.shown[got.said["sequence_id"]] = got.said["title"]
        return reply

    def accept(self, got: Got) -> Reply:
        if len(got.said["message"].encode()) > MOST_BYTES:
            return failure(41301, 413, "message or request body too large")
        said = {"id": f"m{len(self.taken)}", "time": 1748965, "event": "message"}
        return Reply(200, {**said, "topic": got.said["topic"]})

    def busy(self, wait_s: int) -> Reply:
        reply = failure(42901, 429, "limit reached: too many requests")
        return Reply(reply.status, reply.body, str(wait_s))


def failure(code: int, status: int, said: str) -> Reply:
    """Give an error as ntfy gives it."""
    return Reply(status, {"code": code, "http": status, "error": said})
