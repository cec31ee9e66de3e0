"""Names as the daemon under attack sees them: each leads somewhere on purpose.

None of them is ever asked of the system, and none leads off this machine: what is public for the
guard is played by loopback.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence

from monitor.sources.guard import system_resolver
from monitor.sources.http import HttpClient
from monitor.sources.streams import Stream, dial
from tests.hostile.redirect_cases import FORBIDDEN
from tests.hostile.server import PUBLIC_NAME

#: Addresses that the guard takes for public; connections to them are led to loopback.
PUBLIC = "93.184.215.14"
_ANSWERS: dict[str, tuple[str, ...]] = {
    PUBLIC_NAME: (PUBLIC,),
    "both.test": (PUBLIC, "127.0.0.1"),
    "empty.test": (),
    "garbage.test": ("not an address",),
    **{f"{name}.test": (address,) for name, address in FORBIDDEN.items()},
}


class Names:
    """The resolver. `rebind.test` is public at every odd question and loopback at every even one."""

    def __init__(self) -> None:
        self._rebinds = 0

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        if host == "mute.test":
            await asyncio.sleep(3600)
        if host == "rebind.test":
            self._rebinds += 1
            return (PUBLIC,) if self._rebinds % 2 else ("127.0.0.1",)
        if host in _ANSWERS:
            return _ANSWERS[host]
        if host.endswith(".test"):
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        return await system_resolver(host, port)


def play_public(client: HttpClient, hosts: dict[int, str]) -> None:
    """Lead connections to `PUBLIC` to an address of loopback, by port."""

    async def led(address: str, port: int) -> Stream:
        if address == PUBLIC:
            address = hosts.get(port, "127.0.0.8")  # where nobody listens
        return await dial(address, port)

    for guard in (client._home, client._abroad):
        guard._dial = led
