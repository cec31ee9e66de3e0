"""The desk's lane: judge what came, do what time causes, do what people ask. The only writer."""

from monitor.ingest.desk import DeskThread
from monitor.ingest.force import InForce
from monitor.ingest.language import UNKNOWN, language_told
from monitor.ingest.path import ItemPath, item_of

__all__ = ["UNKNOWN", "DeskThread", "InForce", "ItemPath", "item_of", "language_told"]
