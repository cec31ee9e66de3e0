"""A receiver of Parley's webhooks: checks the signature, drops repeats, and then does the work.

Standard library alone. Run it as `RECEIVER_SECRET=whsec_... python receiver.py 8080`; while you
rotate secrets give the old and the new one, parted by a blank.
"""

import base64
import hashlib
import hmac
import json
import os
import sqlite3
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

#: Seconds that the sender's clock and this one may differ; the stamp is of the attempt.
TOLERANCE_S = 300
#: A body is under 20,000 bytes; whatever is larger was not sent by Parley.
MAX_BYTES = 20_000


def signed(secrets: list[str], headers: dict[str, str], body: bytes, now: float) -> bool:
    """Say whether one of the secrets signed this body, for this id, lately."""
    key, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not stamp.isascii() or not stamp.isdigit() or abs(now - int(stamp)) > TOLERANCE_S:
        return False
    message = f"{key}.{stamp}.".encode() + body
    given = headers.get("webhook-signature", "").split()
    for secret in secrets:
        raw = base64.b64decode(secret.removeprefix("whsec_"))
        digest = base64.b64encode(hmac.new(raw, message, hashlib.sha256).digest()).decode()
        if any(hmac.compare_digest(f"v1,{digest}".encode(), each.encode()) for each in given):
            return True
    return False


def remembered(path: str) -> sqlite3.Connection:
    """Open the list of what was received."""
    db = sqlite3.connect(path, timeout=10, isolation_level=None)
    db.execute("CREATE TABLE IF NOT EXISTS seen (key TEXT PRIMARY KEY, at REAL, body BLOB)")
    return db


def receive(db: sqlite3.Connection, key: str, body: bytes, now: float) -> bool:
    """Keep a message once; False for a repeat. What is kept here is worked on afterwards."""
    cursor = db.execute("INSERT OR IGNORE INTO seen VALUES (?, ?, ?)", (key, now, body))
    db.execute("DELETE FROM seen WHERE at < ?", (now - 8 * 86400,))  # no repeat comes after a week
    return cursor.rowcount == 1


class Handler(BaseHTTPRequestHandler):
    """Answers 2xx only once the message is safe."""

    secrets: list[str] = []
    path_of_list = "received.db"

    def do_POST(self) -> None:
        """Take one message."""
        length = self.headers.get("content-length", "")
        if not length.isdigit() or int(length) > MAX_BYTES:
            self.answer(413)
            return
        body = self.rfile.read(int(length))
        headers = {name.lower(): value for name, value in self.headers.items()}
        if not signed(self.secrets, headers, body, time.time()):
            self.answer(401)
            return
        db = remembered(self.path_of_list)
        try:
            if receive(db, headers["webhook-id"], body, time.time()):
                print(json.loads(body)["alert"]["subject"], flush=True)
        finally:
            db.close()
        self.answer(204)  # for a repeat too: it has arrived

    def answer(self, status: int) -> None:
        """Answer without a body."""
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()


if __name__ == "__main__":
    Handler.secrets = os.environ["RECEIVER_SECRET"].split()
    Handler.path_of_list = os.environ.get("RECEIVER_LIST", "received.db")
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler)
    print(f"listening on {server.server_port}", flush=True)
    server.serve_forever()
