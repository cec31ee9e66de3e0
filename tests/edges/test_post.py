from __future__ import annotations

from monitor.ports import Answer, Failure
from monitor.sources.http import HttpClient
from tests.edges.hostile import HostileServer, with_server


def post(path: str, *, deadline_s: float = 5.0) -> Answer | Failure:
    return with_server(
        lambda server, client: client.post(
            server.url(path), b'{"a": 1}', (("webhook-id", "msg_1"),), deadline_s=deadline_s
        )
    )


def test_a_post_arrives_as_it_was_given() -> None:
    async def use(server: HostileServer, client: HttpClient) -> Answer | Failure:
        got = await client.post(
            server.url("/hook"), b'{"a": 1}', (("webhook-id", "m"),), deadline_s=5.0
        )
        assert server.bodies == [b'{"a": 1}']
        assert server.hits[0][1]["webhook-id"] == "m"
        return got

    assert with_server(use) == Answer(200, "", "thanks")


def test_a_post_follows_no_redirect_and_reads_little() -> None:
    redirected, endless, busy = post("/hook-redirect"), post("/hook-endless"), post("/hook-busy")
    assert isinstance(redirected, Answer)
    assert redirected.status == 307
    assert isinstance(endless, Answer)
    assert len(endless.excerpt) == 8192
    assert busy == Answer(503, "30", "")


def test_a_status_that_was_read_is_the_answer_even_if_the_rest_never_comes() -> None:
    for path in ("/hook-dribble", "/hook-accept-reset"):
        got = post(path, deadline_s=0.5)
        assert isinstance(got, Answer)
        assert got.status == 200


def test_a_post_that_gets_no_status_fails() -> None:
    got = post("/never-respond", deadline_s=0.3)
    assert isinstance(got, Failure)
    assert got.code == "timeout"
