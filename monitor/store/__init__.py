"""The store: the only room that knows SQL and sqlite-utils."""

from monitor.store.lock import FolderLock
from monitor.store.reader import SqliteReader
from monitor.store.sqlite import DATABASE_FILE, SqliteStore, file_command

__all__ = ["DATABASE_FILE", "FolderLock", "SqliteReader", "SqliteStore", "file_command"]
