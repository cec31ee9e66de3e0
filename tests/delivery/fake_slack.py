"""Slack as far as Parley speaks to it: an incoming webhook, `chat.postMessage`, `chat.update`."""

from __future__ import annotations

from typing import Any

from tests.delivery.fake_chat import FakeChat, Got, Reply

CHANNEL = "C0FAKE0001"
#: Slack's own bounds, as its documentation and its errors name them.
MOST_BLOCKS, MOST_BLOCK_CHARS, MOST_CHARS, MOST_TEXT = 50, 3000, 13_000, 40_000


class FakeSlack(FakeChat):
    """Answers 200 with `ok: false` as the Web API does, and with a single word as a webhook does."""

    def is_ok(self, reply: Reply) -> bool:
        return reply.body == "ok" or (isinstance(reply.body, dict) and reply.body.get("ok") is True)

    def accept(self, got: Got) -> Reply:
        if word := too_much(got.said):
            return self.failed(got, word)
        if got.path.startswith("/services/"):
            return Reply(200, "ok")
        if got.path.endswith("/chat.update"):
            return Reply(200, {"ok": True, "channel": CHANNEL, "ts": got.said["ts"]})
        ts = f"1748965{len(self.taken):03}.000100"
        echoed = {"text": got.said["text"], "ts": ts}
        return Reply(200, {"ok": True, "channel": CHANNEL, "ts": ts, "message": echoed})

    def failed(self, got: Got, word: str) -> Reply:
        if got.path.startswith("/services/"):
            return Reply(400, word)
        return Reply(200, {"ok": False, "error": word})

    def busy(self, wait_s: int) -> Reply:
        return Reply(429, {"ok": False, "error": "ratelimited"}, str(wait_s))


def texts(said: Any) -> list[str]:
    """Every text that stands in blocks."""
    if isinstance(said, dict):
        own = [said["text"]] if isinstance(said.get("text"), str) else []
        return own + [text for value in said.values() for text in texts(value)]
    if isinstance(said, list):
        return [text for value in said for text in texts(value)]
    return []


def too_much(said: dict[str, Any]) -> str:
    """Give Slack's word for a message over its bounds, "" for one within them."""
    if len(said["text"]) > MOST_TEXT:
        return "msg_too_long"
    blocks = said.get("blocks", [])
    sizes = [sum(map(len, texts(block))) for block in blocks]
    if len(blocks) > MOST_BLOCKS or max(sizes, default=0) > MOST_BLOCK_CHARS:
        return "invalid_blocks"
    return "msg_blocks_too_long" if sum(sizes) > MOST_CHARS else ""
