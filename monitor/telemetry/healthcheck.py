"""Asks a running daemon how it is: for `parley healthcheck` and for the container."""

from __future__ import annotations

import http.client

from monitor.telemetry.redact import one_line

#: What stands for "every address of this machine" when listening is asked at home.
_ANY = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - translated, not bound


def check(listen: tuple[str, int], timeout_s: float = 5.0) -> tuple[bool, str]:
    """Ask /healthz of the daemon that listens on (host, port). Gives (well, a line for people)."""
    host, port = _ANY.get(listen[0], listen[0]), listen[1]
    connection = http.client.HTTPConnection(host, port, timeout=timeout_s)
    try:
        connection.request("GET", "/healthz", headers={"Accept": "text/plain"})
        answer = connection.getresponse()
        body = answer.read(4096).decode("utf-8", "replace").strip()
    except TimeoutError:
        return False, f"no answer from {host}:{port} within {timeout_s:g} s"
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        return False, f"no daemon answers on {host}:{port}: {reason}"
    finally:
        connection.close()
    said = "; ".join(one_line(line) for line in body.splitlines()[:10])
    if answer.status == http.client.OK:
        return True, said or "ok"
    return False, said or f"HTTP {answer.status}"
