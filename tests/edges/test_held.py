from __future__ import annotations

import asyncio
import gc

from monitor.ports import Body
from monitor.sources.held import Claim, Held

BODY = "http://feed.example/feed"


async def turns() -> None:
    for _ in range(3):
        await asyncio.sleep(0.06)


def test_small_documents_neither_count_nor_wait() -> None:
    async def run() -> int:
        held = Held(most_bytes=10, free_bytes=100)
        for _ in range(50):
            claim = Claim(held)
            await claim.grow(100)
            claim.lasts_with(Body(BODY, b""))
        return held.held_bytes

    assert asyncio.run(run()) == 0


def test_over_the_bound_the_oldest_gets_on_and_the_others_wait_until_there_is_room() -> None:
    async def run() -> list[bool]:
        held = Held(most_bytes=50, free_bytes=10)
        first, second = Claim(held), Claim(held)
        await first.grow(50)
        waiting = asyncio.create_task(second.grow(40))
        await turns()
        seen = [waiting.done()]
        await first.grow(500)  # never waits
        await turns()
        seen.append(waiting.done())
        body = Body(BODY, b"x" * 500)
        first.lasts_with(body)  # the second is now the oldest that grows
        await asyncio.wait_for(waiting, 5.0)
        third = asyncio.create_task(Claim(held).grow(11))
        await turns()
        seen.append(third.done())
        del body
        gc.collect()
        await asyncio.wait_for(third, 5.0)
        return [*seen, held.held_bytes == 31]

    assert asyncio.run(run()) == [False, False, False, True]


def test_what_fails_gives_back_what_it_held() -> None:
    async def run() -> int:
        held = Held(most_bytes=50, free_bytes=10)
        first, second = Claim(held), Claim(held)
        await first.grow(100)
        waiting = asyncio.create_task(second.grow(40))
        await turns()
        first.end()
        await asyncio.wait_for(waiting, 5.0)
        second.end()
        return held.held_bytes + len(held.growing)

    assert asyncio.run(run()) == 0
