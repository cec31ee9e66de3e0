"""A database of an older schema, read as if it were of the newest: temporary views over it."""

from __future__ import annotations

from sqlite_utils import Database

from monitor.store.schema import HELD, LAST_TOLD, ONE_OF_SERIES, run_script

#: What a reader sees as `item_versions` of a database that has the first schema still: it cannot
#: migrate it, and a daemon of that version may be at work on it.
_SECOND_AS_READ = """
CREATE TEMP VIEW item_versions AS
SELECT v.*, i.author, i.categories, '' AS content
  FROM main.item_versions v JOIN main.items i ON i.id = v.item_id
"""


#: The same for what the third schema added: no claim has been kept, nothing has been confirmed.
_THIRD_AS_READ = """
CREATE TEMP VIEW stories AS SELECT s.*, '' AS elder FROM main.stories s;
CREATE TEMP VIEW decisions AS SELECT d.*, '' AS state FROM main.decisions d;
CREATE TEMP VIEW developments AS
SELECT d.*, '' AS tracker, '' AS cell, '' AS value, '' AS fact, 'reported' AS status,
       '[]' AS channels
  FROM main.developments d;
CREATE TEMP VIEW claims AS
SELECT 0 AS item_id, 0 AS version, 0 AS number, '' AS watch, '' AS tracker, '' AS fact,
       '' AS bearing, '' AS act, '' AS state, '' AS modality, '{}' AS scope, '' AS party,
       '' AS claimant, '' AS publisher, '' AS count, '' AS day, '' AS field, 0 AS start,
       0 AS finish, '' AS published_at, '' AS at
 WHERE 0
"""


#: The same for what the schedule added: no rhythm is known, no host has asked for rest.
_SCHEDULE_AS_READ = """
CREATE TEMP VIEW feeds AS
SELECT f.*, x'' AS pieces, '{}' AS hints, '{}' AS rhythm, '' AS why, '' AS host, '' AS moved_to,
       0 AS moved_times, 0 AS known_items, NULL AS not_before,
       NULL AS whole_at, NULL AS last_new_at, NULL AS gap_at,
       0 AS gaps, 'ok' AS health, NULL AS health_since, '' AS paused, NULL AS paused_at,
       '{}' AS signs
  FROM main.feeds f;
CREATE TEMP VIEW hosts AS SELECT '' AS host, '' AS until, '' AS why WHERE 0
"""
#: The schema that has these columns.
_SCHEDULE_SINCE = 4
#: The same for what health added: no sign is known.
_SIGNS_AS_READ = "CREATE TEMP VIEW feeds AS SELECT f.*, '{}' AS signs FROM main.feeds f"
_SIGNS_SINCE = 5
#: The same for a database of an older schema that is only read.
_TOLD_AS_READ = (
    f"CREATE TEMP VIEW facts AS SELECT f.*, {HELD} AS held, {ONE_OF_SERIES} AS instance,"  # noqa: S608
    f" {LAST_TOLD.format('f')} AS told_at FROM main.facts f"
)
#: The schema that has these columns.
_TOLD_SINCE = 7
#: The same for what delivery added: no channel is off.
_CHANNELS_AS_READ = (
    "CREATE TEMP VIEW channels_off AS SELECT '' AS channel, '' AS at, '' AS why WHERE 0"
)
_CHANNELS_SINCE = 8


def read_as_newest(db: Database, schema: int) -> None:
    """Let a read-only connection to a database of an older schema answer as the newest would."""
    if schema == 1:
        run_script(db, _SECOND_AS_READ)
    if schema in {1, 2}:
        run_script(db, _THIRD_AS_READ)
    if schema < _SCHEDULE_SINCE:
        run_script(db, _SCHEDULE_AS_READ)
    elif schema < _SIGNS_SINCE:
        run_script(db, _SIGNS_AS_READ)
    if schema < _TOLD_SINCE:
        run_script(db, _TOLD_AS_READ)
    if schema < _CHANNELS_SINCE:
        run_script(db, _CHANNELS_AS_READ)
