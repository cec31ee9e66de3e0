"""The desk's lane: judge what came, do what time causes, do what people ask. The only writer."""

from monitor.ingest.desk import DeskThread
from monitor.ingest.force import InForce
from monitor.ingest.path import ItemPath, item_of

__all__ = ["DeskThread", "InForce", "ItemPath", "item_of"]
