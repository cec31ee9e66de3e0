"""The desk's lane: judge what came, do what time causes, do what people ask. The only writer."""

from monitor.ingest.desk import DeskThread
from monitor.ingest.feed_watch import Watched, feed_now
from monitor.ingest.force import InForce
from monitor.ingest.intake import item_of
from monitor.ingest.language import UNKNOWN, language_told
from monitor.ingest.path import ItemPath

__all__ = [
    "UNKNOWN",
    "DeskThread",
    "InForce",
    "ItemPath",
    "Watched",
    "feed_now",
    "item_of",
    "language_told",
]
