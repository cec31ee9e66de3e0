"""What the health server says: liveness, readiness, figures, and an index.

Nothing here quotes the request, and every word goes through the redactor.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import NamedTuple

from monitor.errors import ParleyError
from monitor.telemetry.health import Health
from monitor.telemetry.logs import redact, redact_value
from monitor.telemetry.metrics import Metrics
from monitor.telemetry.redact import one_line

TEXT = "text/plain; charset=utf-8"
JSON = "application/json"


class Page(NamedTuple):
    """One answer."""

    status: HTTPStatus
    body: bytes
    content_type: str = TEXT


class Pages:
    """Makes the answers; knows no socket."""

    def __init__(
        self, health: Health, metrics: Metrics, status: Callable[[], Mapping[str, object]]
    ) -> None:
        self._health, self._metrics, self._status = health, metrics, status
        self._routes: dict[str, Callable[[bool], Page]] = {
            "/": self._index,
            "/healthz": self._healthz,
            "/readyz": self._readyz,
            "/metrics": self._figures,
        }

    def page(self, path: str, *, as_json: bool) -> Page:
        """Give the answer for a path."""
        route = self._routes.get(path)
        return words(HTTPStatus.NOT_FOUND, ["not found"]) if route is None else route(as_json)

    def _healthz(self, as_json: bool) -> Page:  # noqa: FBT001 - all routes alike
        stalled = self._health.stalled()
        status = HTTPStatus.SERVICE_UNAVAILABLE if stalled else HTTPStatus.OK
        if as_json:
            return _object(
                status,
                {
                    "ok": not stalled,
                    "stalled": [
                        {
                            "lane": lane,
                            "seconds": round(age_s, 1),
                            "limit_seconds": self._health.limit_s(lane),
                        }
                        for lane, age_s in stalled
                    ],
                    "lanes": {
                        lane: round(age_s, 1) for lane, age_s in self._health.ages_s().items()
                    },
                },
            )
        lines = [
            f"stalled: {lane} has not moved for {age_s:.0f} s"
            f" (limit {self._health.limit_s(lane):.0f} s)"
            for lane, age_s in stalled
        ]
        return words(status, lines or ["ok"])

    def _readyz(self, as_json: bool) -> Page:  # noqa: FBT001
        state = self._health.readiness()
        status = HTTPStatus.OK if state.ready else HTTPStatus.SERVICE_UNAVAILABLE
        if as_json:
            return _object(
                status,
                {"ready": state.ready, "missing": state.missing, "degraded": state.degraded},
            )
        lines = ["ready" if state.ready else "not ready"]
        lines += [f"missing: {part}" for part in state.missing]
        lines += [f"degraded: {part}" for part in state.degraded]
        return words(status, lines)

    def _figures(self, _as_json: bool) -> Page:  # noqa: FBT001
        self._metrics.lanes_are(self._health.ages_s())
        return Page(HTTPStatus.OK, self._metrics.render(), self._metrics.content_type)

    def _index(self, as_json: bool) -> Page:  # noqa: FBT001
        try:
            status = dict(self._status())
        except ParleyError as error:
            status = {"status": f"not to be had ({error.code})"}
        if as_json:
            return _object(HTTPStatus.OK, status)
        lines = [
            "Parley",
            "/healthz  do all lanes move",
            "/readyz   can it work, and what is degraded",
            "/metrics  figures for Prometheus",
        ]
        return words(HTTPStatus.OK, lines + [f"{key}: {value}" for key, value in status.items()])


def words(status: HTTPStatus, lines: list[str]) -> Page:
    """Make a plain page, each entry on one line, without secrets."""
    text = "".join(one_line(redact(line)) + "\n" for line in lines)
    return Page(status, text.encode("utf-8", "replace"))


def _object(status: HTTPStatus, value: Mapping[str, object]) -> Page:
    """Make a JSON page without secrets."""
    return Page(status, (json.dumps(redact_value(value)) + "\n").encode(), JSON)
