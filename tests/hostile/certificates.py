"""Certificates made at run time: one authority that the daemon is told of, and some that lie."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme


class Certificates:
    """An authority, and servers' certificates: of it and of another that nobody knows."""

    def __init__(self) -> None:
        self._known, self._unknown = trustme.CA(), trustme.CA()

    def write(self, path: Path) -> Path:
        """Write the authority that is to be trusted; gives the file."""
        self._known.cert_pem.write_to_path(path)
        return path

    def server(self, kind: str, address: str) -> ssl.SSLContext:
        """Give the settings of a server of that kind (a name of `Way`) at an address."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        now = datetime.now(UTC)
        if kind == "TLS_SELF":
            made = self._unknown.issue_cert(address)
        elif kind == "TLS_EXPIRED":
            made = self._known.issue_cert(
                address, not_before=now - timedelta(days=400), not_after=now - timedelta(days=35)
            )
        elif kind == "TLS_OTHER":
            made = self._known.issue_cert("bank.example.org")
        else:
            made = self._known.issue_cert(address)
        made.configure_cert(context)
        return context
