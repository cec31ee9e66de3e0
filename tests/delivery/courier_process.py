"""A courier in a process of its own, over a folder: `python -m tests.delivery.courier_process`.

It sends what is due by a news time that stands still, until it is killed or nothing is left.
"""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import datetime
from pathlib import Path

from tests.delivery.office import Office
from tests.fakes import FrozenClock


async def main(folder: Path, at: datetime, options: str, allow: list[str]) -> None:
    """Deliver; says `done` on standard output at the end."""
    office = Office(folder, FrozenClock(at), json.loads(options), allow=allow)
    async with office.open():
        await office.run(hours=1)
    print("done", flush=True)


if __name__ == "__main__":
    asyncio.run(
        main(Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2]), sys.argv[3], sys.argv[4:])
    )
