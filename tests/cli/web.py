"""A web server on loopback that answers by path: pages, feeds, redirects."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

#: The newest item of every feed; the others are six hours apart.
NEWEST = datetime(2025, 6, 3, 9, 0, tzinfo=UTC)


@dataclass
class Page:
    """What is answered: a document, or with `location` a redirect."""

    content: str | bytes = ""
    kind: str = "text/html; charset=utf-8"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


class Web:
    """Answers what `pages` holds, 404 for any other path; `asked` lists all requests."""

    def __init__(self) -> None:
        self.pages: dict[str, Page] = {}
        self.asked: list[tuple[str, str]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                outer.asked.append((self.path, self.headers.get("Accept", "")))
                page = outer.pages.get(self.path, Page("<p>not here</p>", status=404))
                content = page.content.encode() if isinstance(page.content, str) else page.content
                self.send_response(page.status)
                self.send_header("Content-Type", page.kind)
                self.send_header("Content-Length", str(len(content)))
                for name, value in page.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *args: object) -> None:
                """Stay silent."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._server.server_address[1]}"

    def url(self, path: str = "/") -> str:
        return f"http://{self.address}{path}"

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]

    def redirect(self, path: str, to: str, status: int = 301) -> None:
        self.pages[path] = Page(status=status, headers={"Location": to})

    def feed(self, path: str, title: str, *titles: str, kind: str = "application/rss+xml") -> None:
        self.pages[path] = Page(rss(title, *titles), kind)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)


def rss(title: str, *titles: str) -> str:
    """A feed with items six hours apart, newest first."""
    items = "".join(
        f"<item><title>{line}</title><guid isPermaLink='false'>{title} {number}</guid>"
        f"<link>https://example.org/{number}</link>"
        f"<pubDate>{NEWEST - timedelta(hours=6 * number):%a, %d %b %Y %H:%M:%S} GMT</pubDate></item>"
        for number, line in enumerate(titles)
    )
    head = "<link>https://example.org/</link><description>D</description>"
    return f"<rss version='2.0'><channel><title>{title}</title>{head}{items}</channel></rss>"
