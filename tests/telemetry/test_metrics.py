from __future__ import annotations

import re
import threading
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from monitor.telemetry.metrics import Metrics


def figures(metrics: Metrics) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Read what was rendered as Prometheus would: (name, sorted labels) to value."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(metrics.render().decode())
        for sample in family.samples
    }


def test_every_event_is_found_under_its_documented_name() -> None:
    metrics = Metrics()
    metrics.poll_done("body", 12)
    metrics.poll_done("failure")
    metrics.seen(30)
    metrics.hit("ceasefire", 2)
    metrics.judged("ceasefire", "new")
    metrics.held("same-story", 4)
    metrics.delivered("desk", "later")
    metrics.delivered("desk", "sent", 7.5)
    metrics.queue_is(3)
    metrics.outbox_is(5, 61.5)
    metrics.quarantine_is(1)
    metrics.feeds_failing_is(2)
    metrics.config_loaded()
    metrics.config_edited(taken=False)
    metrics.lanes_are({"desk": 0.5})
    read = figures(metrics)
    wanted = {
        ("parley_polls_total", (("outcome", "body"),)): 1,
        ("parley_polls_total", (("outcome", "failure"),)): 1,
        ("parley_items_total", ()): 12,
        ("parley_hits_total", (("watch", "ceasefire"),)): 2,
        ("parley_developments_total", (("verdict", "new"), ("watch", "ceasefire"))): 1,
        ("parley_held_total", (("reason", "same-story"),)): 4,
        ("parley_deliveries_total", (("channel", "desk"), ("outcome", "later"))): 1,
        ("parley_deliveries_total", (("channel", "desk"), ("outcome", "sent"))): 1,
        ("parley_delivery_delay_seconds_count", ()): 1,
        ("parley_delivery_delay_seconds_sum", ()): 7.5,
        ("parley_publication_delay_seconds_bucket", (("le", "30.0"),)): 1,
        ("parley_publication_delay_seconds_bucket", (("le", "15.0"),)): 0,
        ("parley_queue_depth", ()): 3,
        ("parley_outbox_pending", ()): 5,
        ("parley_outbox_oldest_seconds", ()): 61.5,
        ("parley_quarantine_items", ()): 1,
        ("parley_feeds_failing", ()): 2,
        ("parley_config_ok", ()): 0,
        ("parley_config_reloads_total", (("result", "refused"),)): 1,
        ("parley_lane_beat_seconds", (("lane", "desk"),)): 0.5,
    }
    assert {key: read.get(key) for key in wanted} == wanted
    assert any(name == "parley_build_info" for name, _ in read)


def test_no_label_is_open_to_what_feeds_say() -> None:
    metrics = Metrics()
    metrics.poll_done("body", 1)
    names = {name for _, labels in figures(metrics) for name, _ in labels}
    assert names <= {"outcome", "watch", "verdict", "reason", "channel", "result", "lane", "le",
                     "version", "python"}  # fmt: skip


def test_two_daemons_in_one_process_count_apart() -> None:
    first, second = Metrics(), Metrics()
    first.poll_done("body")
    assert ("parley_polls_total", (("outcome", "body"),)) not in figures(second)
    assert figures(first)[("parley_polls_total", (("outcome", "body"),))] == 1


def test_threads_lose_no_count() -> None:
    metrics = Metrics()

    def work() -> None:
        for _ in range(500):
            metrics.hit("pow-exchange")
            metrics.delivered("desk", "sent", -1.0)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    read = figures(metrics)
    assert read[("parley_hits_total", (("watch", "pow-exchange"),))] == 4000
    assert read[("parley_delivery_delay_seconds_sum", ())] == 0  # a clock that disagrees is no gain


def test_the_table_in_the_documentation_names_every_metric() -> None:
    page = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^\| `(parley_[a-z_]+)\*?` \|", page, re.MULTILINE))
    ours = {
        metric.name + ("_total" if metric.type == "counter" else "")
        for metric in Metrics().registry.collect()
    }
    assert {"parley_process_" if name.startswith("parley_process") else name for name in ours} | {
        "parley_process_"
    } == listed
