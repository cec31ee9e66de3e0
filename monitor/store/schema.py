"""The tables, as text to be read, and the migrations that make them.

Times are text, UTC, `YYYY-MM-DDTHH:MM:SS.ffffffZ`: they sort as they are. JSON columns hold what is
shown and never searched. A column may be null only where the comment beside it says why.
"""

from __future__ import annotations

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

#: Name of the set in sqlite-utils' own table; the schema number is the count of applied steps.
SET = "parley"
migrations = Migrations(SET)

_FIRST = """
CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

CREATE TABLE feeds (
    name             TEXT PRIMARY KEY,
    url              TEXT NOT NULL,
    active           INTEGER NOT NULL DEFAULT 1,   -- 0: no longer configured, its items stay
    etag             TEXT NOT NULL DEFAULT '',
    last_modified    TEXT NOT NULL DEFAULT '',
    body_hash        TEXT NOT NULL DEFAULT '',
    next_check_at    TEXT NOT NULL,
    last_checked_at  TEXT,                         -- null: never looked at
    first_contact_at TEXT,                         -- null: never read successfully
    outcome          TEXT NOT NULL DEFAULT '',
    status           INTEGER,                      -- null: no HTTP answer
    error_code       TEXT NOT NULL DEFAULT '',
    error            TEXT NOT NULL DEFAULT '',
    failures         INTEGER NOT NULL DEFAULT 0,
    checks           INTEGER NOT NULL DEFAULT 0,
    items            INTEGER NOT NULL DEFAULT 0,
    gone             INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX feeds_due ON feeds (active, next_check_at);

CREATE TABLE items (
    id           INTEGER PRIMARY KEY,
    identity     TEXT NOT NULL UNIQUE,
    feed         TEXT NOT NULL,
    publisher    TEXT NOT NULL,
    speaks_for   TEXT NOT NULL,
    tier         INTEGER NOT NULL,
    language     TEXT NOT NULL,
    title        TEXT NOT NULL,
    summary      TEXT NOT NULL,
    link         TEXT NOT NULL,
    link_key     TEXT NOT NULL,
    print        TEXT NOT NULL,
    author       TEXT NOT NULL,
    categories   TEXT NOT NULL,                    -- JSON list
    published_at TEXT NOT NULL,
    seen_at      TEXT NOT NULL,
    version      INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE INDEX items_print ON items (feed, print);
CREATE INDEX items_link ON items (link_key);

CREATE TABLE item_versions (
    item_id  INTEGER NOT NULL REFERENCES items (id),
    version  INTEGER NOT NULL,
    title    TEXT NOT NULL,
    summary  TEXT NOT NULL,
    link     TEXT NOT NULL,
    print    TEXT NOT NULL,
    published_at TEXT NOT NULL,                    -- of this wording: an edit's is when it was seen
    seen_at  TEXT NOT NULL,
    PRIMARY KEY (item_id, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE stories (
    name      TEXT PRIMARY KEY,
    founder   TEXT NOT NULL,                       -- identity of the founding item
    opened_at TEXT NOT NULL,
    last_at   TEXT NOT NULL
) STRICT;
CREATE INDEX stories_last ON stories (last_at);

CREATE TABLE story_items (
    place      INTEGER PRIMARY KEY,                -- in the order in which they were placed
    item_id    INTEGER NOT NULL,
    version    INTEGER NOT NULL,                   -- an edit may tell another story
    story      TEXT NOT NULL REFERENCES stories (name),
    similarity REAL NOT NULL,
    copy_of    INTEGER,                            -- null: no near copy
    turned     INTEGER NOT NULL,                   -- 1: it founds the story
    UNIQUE (item_id, version),
    FOREIGN KEY (item_id, version) REFERENCES item_versions (item_id, version)
) STRICT;
CREATE INDEX story_items_story ON story_items (story);

CREATE TABLE decisions (
    id          INTEGER PRIMARY KEY,
    item_id     INTEGER NOT NULL REFERENCES items (id),
    version     INTEGER NOT NULL,
    watch       TEXT NOT NULL,
    via         TEXT NOT NULL,
    spans       TEXT NOT NULL,                     -- JSON list of [field, start, end, term]
    verdict     TEXT NOT NULL,
    reason      TEXT NOT NULL,
    detail      TEXT NOT NULL,
    known       TEXT NOT NULL,                     -- JSON list
    severity    TEXT NOT NULL,
    outcome     TEXT NOT NULL,
    development TEXT NOT NULL,                     -- '' where nothing changed
    rules       TEXT NOT NULL,
    decided_at  TEXT NOT NULL,
    UNIQUE (item_id, version, watch)
) STRICT;
CREATE INDEX decisions_development ON decisions (development);

CREATE TABLE developments (
    key       TEXT PRIMARY KEY,
    watch     TEXT NOT NULL,
    thread    TEXT NOT NULL,
    verdict   TEXT NOT NULL,
    reason    TEXT NOT NULL,
    severity  TEXT NOT NULL,
    headline  TEXT NOT NULL,
    item_id   INTEGER NOT NULL REFERENCES items (id),
    opened_at TEXT NOT NULL,
    messages  INTEGER NOT NULL
) STRICT;

CREATE TABLE alerts (
    id           TEXT PRIMARY KEY,
    kind         TEXT NOT NULL,
    subject      TEXT NOT NULL,
    thread       TEXT NOT NULL,
    developments TEXT NOT NULL,                    -- JSON list
    item_id      INTEGER REFERENCES items (id),    -- null: digests and the machine's own news
    created_at   TEXT NOT NULL
) STRICT;

CREATE TABLE deliveries (
    id               INTEGER PRIMARY KEY,
    key              TEXT NOT NULL UNIQUE,
    alert            TEXT NOT NULL REFERENCES alerts (id),
    channel          TEXT NOT NULL,
    recipient        TEXT NOT NULL,
    thread           TEXT NOT NULL,
    status           TEXT NOT NULL
                     CHECK (status IN ('pending', 'sending', 'sent', 'dead', 'dropped', 'held',
                                       'folded', 'digested', 'suppressed')),
    reason           TEXT NOT NULL,
    body             BLOB NOT NULL,
    attempts         INTEGER NOT NULL DEFAULT 0,
    created_at       TEXT NOT NULL,
    first_attempt_at TEXT,                         -- null: not tried yet
    next_attempt_at  TEXT,                         -- null: nothing more will be tried by itself
    claimed_until    TEXT,                         -- null: nobody is sending it
    settled_at       TEXT,                         -- null: not sent, dead or dropped
    digest           TEXT,                         -- null: in no digest (yet)
    error_code       TEXT NOT NULL DEFAULT '',
    error            TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX deliveries_due ON deliveries (status, next_attempt_at);
CREATE INDEX deliveries_order ON deliveries (channel, recipient, thread, id);
CREATE INDEX deliveries_alert ON deliveries (alert);

CREATE TABLE fact_events (
    seq     INTEGER PRIMARY KEY AUTOINCREMENT,
    fact_id TEXT NOT NULL,
    op      TEXT NOT NULL,
    actor   TEXT NOT NULL,
    at      TEXT NOT NULL,
    fact    TEXT,                                  -- null: an undo states nothing itself
    content TEXT NOT NULL,
    undoes  INTEGER                                -- null: undoes nothing
) STRICT;
CREATE INDEX fact_events_fact ON fact_events (fact_id, seq);

CREATE TABLE facts (
    id    TEXT PRIMARY KEY,
    watch TEXT NOT NULL,
    fact  TEXT NOT NULL,
    seq   INTEGER NOT NULL
) STRICT;
CREATE INDEX facts_watch ON facts (watch);

CREATE TABLE commands (
    id       INTEGER PRIMARY KEY,
    verb     TEXT NOT NULL,
    args     TEXT NOT NULL,
    asked_at TEXT NOT NULL,
    status   TEXT NOT NULL DEFAULT 'asked' CHECK (status IN ('asked', 'done', 'refused')),
    result   TEXT NOT NULL DEFAULT '{}',
    done_at  TEXT                                  -- null: not done yet
) STRICT;

CREATE TABLE quarantine (
    id          INTEGER PRIMARY KEY,
    item_id     INTEGER NOT NULL REFERENCES items (id),
    version     INTEGER NOT NULL,
    quiet       INTEGER NOT NULL,                  -- 1: its feed was being read for the first time
    error       TEXT NOT NULL,
    at          TEXT NOT NULL,
    released_at TEXT,                              -- null: still set aside
    UNIQUE (item_id, version)
) STRICT
"""

_SECOND = """
ALTER TABLE item_versions ADD COLUMN author TEXT NOT NULL DEFAULT '';
ALTER TABLE item_versions ADD COLUMN categories TEXT NOT NULL DEFAULT '[]';  -- JSON list
ALTER TABLE item_versions ADD COLUMN content TEXT NOT NULL DEFAULT '';       -- '': none, or older
UPDATE item_versions SET author = i.author, categories = i.categories FROM items i
 WHERE i.id = item_versions.item_id AND (i.author <> '' OR i.categories <> '[]')
"""

_THIRD = """
CREATE TABLE claims (
    item_id      INTEGER NOT NULL,
    version      INTEGER NOT NULL,
    number       INTEGER NOT NULL,                 -- in the order of the reading
    watch        TEXT NOT NULL,
    tracker      TEXT NOT NULL,
    fact         TEXT NOT NULL,                    -- '' where it bears on none
    bearing      TEXT NOT NULL CHECK (bearing IN ('', 'makes', 'supports', 'denies')),
    act          TEXT NOT NULL,
    state        TEXT NOT NULL,
    modality     TEXT NOT NULL,
    scope        TEXT NOT NULL,                    -- JSON object
    party        TEXT NOT NULL,
    claimant     TEXT NOT NULL,
    publisher    TEXT NOT NULL,
    count        TEXT NOT NULL,
    day          TEXT NOT NULL,
    field        TEXT NOT NULL,
    start        INTEGER NOT NULL,                 -- code points of its sentence in the field
    finish       INTEGER NOT NULL,
    published_at TEXT NOT NULL,
    at           TEXT NOT NULL,
    PRIMARY KEY (item_id, version, number),
    FOREIGN KEY (item_id, version) REFERENCES item_versions (item_id, version)
) STRICT, WITHOUT ROWID;
CREATE INDEX claims_fact ON claims (fact, published_at) WHERE fact <> '';
ALTER TABLE decisions ADD COLUMN state TEXT NOT NULL DEFAULT '';      -- '' where none was read
ALTER TABLE developments ADD COLUMN tracker TEXT NOT NULL DEFAULT ''; -- '' without a tracker
ALTER TABLE developments ADD COLUMN cell TEXT NOT NULL DEFAULT '';    -- its scope or instance
ALTER TABLE developments ADD COLUMN value TEXT NOT NULL DEFAULT '';
ALTER TABLE developments ADD COLUMN fact TEXT NOT NULL DEFAULT '';    -- '' where it made none
ALTER TABLE developments ADD COLUMN status TEXT NOT NULL DEFAULT 'reported'
            CHECK (status IN ('reported', 'confirmed', 'denied', 'corrected', 'retracted'));
ALTER TABLE developments ADD COLUMN channels TEXT NOT NULL DEFAULT '[]'; -- JSON: the first one's
ALTER TABLE stories ADD COLUMN elder TEXT NOT NULL DEFAULT '';        -- '' goes on by itself
CREATE INDEX developments_value ON developments (watch, tracker, cell, value);
CREATE INDEX developments_fact ON developments (fact) WHERE fact <> '';
CREATE INDEX developments_opened ON developments (opened_at);
-- what a turn of a story was until now is a change of state: the reason has no other name any more
UPDATE decisions SET reason = 'state-changed' WHERE reason = 'turn-of-events';
UPDATE developments SET reason = 'state-changed' WHERE reason = 'turn-of-events';
UPDATE deliveries
   SET body = CAST(replace(CAST(body AS TEXT), '"turn-of-events"', '"state-changed"') AS BLOB)
 WHERE status = 'folded'
"""

_SCHEDULE = """
ALTER TABLE feeds ADD COLUMN pieces BLOB NOT NULL DEFAULT x'';      -- 8 bytes a piece, see Parsed
ALTER TABLE feeds ADD COLUMN hints TEXT NOT NULL DEFAULT '{}';      -- JSON: what it asks of us
ALTER TABLE feeds ADD COLUMN rhythm TEXT NOT NULL DEFAULT '{}';     -- JSON: items by hour of week
ALTER TABLE feeds ADD COLUMN why TEXT NOT NULL DEFAULT '';          -- of next_check_at, for people
ALTER TABLE feeds ADD COLUMN host TEXT NOT NULL DEFAULT '';         -- that requests go to
ALTER TABLE feeds ADD COLUMN moved_to TEXT NOT NULL DEFAULT '';     -- by 301 or 308, '' not
ALTER TABLE feeds ADD COLUMN moved_times INTEGER NOT NULL DEFAULT 0;
ALTER TABLE feeds ADD COLUMN known_items INTEGER NOT NULL DEFAULT 0; -- of the last document
ALTER TABLE feeds ADD COLUMN not_before TEXT;                       -- null: nothing forbids it
ALTER TABLE feeds ADD COLUMN whole_at TEXT;                         -- null: never asked whole
ALTER TABLE feeds ADD COLUMN last_new_at TEXT;                      -- null: nothing new so far
ALTER TABLE feeds ADD COLUMN gap_at TEXT;                           -- null: never missed anything
ALTER TABLE feeds ADD COLUMN gaps INTEGER NOT NULL DEFAULT 0;
ALTER TABLE feeds ADD COLUMN health TEXT NOT NULL DEFAULT 'ok';
ALTER TABLE feeds ADD COLUMN health_since TEXT;                     -- null: ever since
ALTER TABLE feeds ADD COLUMN paused TEXT NOT NULL DEFAULT '';       -- why it is held, '' not
ALTER TABLE feeds ADD COLUMN paused_at TEXT;                        -- null: not held
CREATE TABLE hosts (
    host  TEXT PRIMARY KEY,
    until TEXT NOT NULL,                           -- no request before
    why   TEXT NOT NULL
) STRICT
"""

_SIGNS = """
ALTER TABLE feeds ADD COLUMN signs TEXT NOT NULL DEFAULT '{}'       -- JSON, see core/feed_signs
"""

_NAMES = """
CREATE TABLE item_names (  -- further names of items: hash of a guid or of words, when last seen so
    name TEXT PRIMARY KEY, item_id INTEGER NOT NULL REFERENCES items (id), seen_at TEXT NOT NULL)
STRICT, WITHOUT ROWID; CREATE INDEX item_names_item ON item_names (item_id)
"""

#: Of a fact: 1 while it is held, 1 where it is one of a series, when a report told it last.
HELD = "CASE WHEN json_extract(fact, '$.status') IN ('superseded', 'retracted') THEN 0 ELSE 1 END"
ONE_OF_SERIES = "CASE WHEN json_extract(fact, '$.instance') = '{}' THEN 0 ELSE 1 END"
LAST_TOLD = (
    "(SELECT max(published_at) FROM claims"
    " WHERE claims.fact = {0}.id AND bearing IN ('makes', 'supports'))"
)
_TOLD = f"""
ALTER TABLE facts ADD COLUMN held INTEGER NOT NULL DEFAULT 1;      -- 0: superseded or retracted
ALTER TABLE facts ADD COLUMN instance INTEGER NOT NULL DEFAULT 0;  -- 1: one of a series
ALTER TABLE facts ADD COLUMN told_at TEXT;                         -- null: by no report
UPDATE facts SET held = {HELD}, instance = {ONE_OF_SERIES},
 told_at = {LAST_TOLD.format("facts")};
CREATE INDEX facts_held ON facts (watch, held, instance, told_at)
"""  # noqa: S608 - our own words

_CHANNELS = """
CREATE TABLE channels_off (channel TEXT PRIMARY KEY, at TEXT NOT NULL, why TEXT NOT NULL) STRICT;
ALTER TABLE deliveries ADD COLUMN waits INTEGER NOT NULL DEFAULT 0;  -- tries answered: come later
CREATE INDEX deliveries_waiting ON deliveries (channel, status, next_attempt_at);
CREATE INDEX deliveries_open ON deliveries (channel, recipient, thread, id)
 WHERE status IN ('pending', 'sending');
CREATE INDEX deliveries_unaccepted ON deliveries (created_at)
 WHERE status IN ('pending', 'sending', 'dead')
"""


def run_script(db: Database, script: str) -> None:
    """Run statements one by one: `executescript` would commit the transaction around them."""
    lines = [line.split("--")[0] for line in script.splitlines()]
    for statement in "\n".join(lines).split(";"):
        if statement.strip():
            db.execute(statement)


@migrations()
def m001_spine(db: Database) -> None:
    """Everything that the path from a feed to an alert needs."""
    run_script(db, _FIRST)


@migrations()
def m002_content(db: Database) -> None:
    """Each version of an item has the author, the categories and the content it was judged by."""
    run_script(db, _SECOND)


@migrations()
def m003_claims(db: Database) -> None:
    """What each item claims, the facts that it bears on, and the life of a development."""
    run_script(db, _THIRD)


@migrations()
def m004_schedule(db: Database) -> None:
    """When each feed is looked at and why, how it does, and which hosts asked for rest."""
    run_script(db, _SCHEDULE)


@migrations()
def m005_signs(db: Database) -> None:
    """What the looks at each feed say of its health."""
    run_script(db, _SIGNS)


@migrations()
def m006_names(db: Database) -> None:
    """Further names of items: guids given later, guids given to another, words served on."""
    run_script(db, _NAMES)


@migrations()
def m007_told(db: Database) -> None:
    """When each fact was told last, so that nobody has to count its reports to know it."""
    run_script(db, _TOLD)


@migrations()
def m008_channels(db: Database) -> None:
    """Channels that want nothing more, and how often a receiver asked for time."""
    run_script(db, _CHANNELS)


def newest() -> int:
    """Give the schema number that this program writes."""
    return len(migrations._migrations)  # noqa: SLF001 - the set has no public count
