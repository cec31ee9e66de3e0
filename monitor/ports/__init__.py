"""Every door between the rooms, in one place.

Rules that hold for all of them:

Threads   A `Store` is opened once; its writing half (`Store.unit`) belongs to the desk's thread.
          A `Reader` belongs to the thread that opened it. `Notifier.render` is called on the desk's
          thread and does no I/O; everything `async` runs on the event loop's thread.
Times     Aware UTC datetimes go in and come out. `now` is always an argument.
Errors    What the outside world does is a value: `Failure` for a fetch or a parse, `Receipt` for a
          delivery. What a door raises is a `ParleyError`, and says so in its docstring.
"""

from monitor.ports.delivery import OFF, Notifier, Outcome, Receipt
from monitor.ports.feed_records import DueFeed, FeedCheck, FeedRow, HostRest
from monitor.ports.lanes import Clock, Desk, Ingested, Poll, Settlement
from monitor.ports.reader import Reader
from monitor.ports.records import (
    AlertRow,
    Backing,
    ChannelOff,
    ClaimedDelivery,
    ClaimRow,
    DecisionRow,
    DeliveryDraft,
    DeliveryRow,
    DevelopmentLife,
    FactRow,
    FirstTold,
    FoldedSection,
    Judged,
    OpenStory,
    PlacedItem,
    StoryItem,
    StoryRow,
    UnacceptedAlert,
)
from monitor.ports.store import Store, Unit
from monitor.ports.wire import (
    Answer,
    Body,
    Failure,
    Fetched,
    Hints,
    Http,
    Parsed,
    Parser,
    Request,
    Source,
    Unchanged,
    request_of,
)

__all__ = [
    "OFF",
    "AlertRow",
    "Answer",
    "Backing",
    "Body",
    "ChannelOff",
    "ClaimRow",
    "ClaimedDelivery",
    "Clock",
    "DecisionRow",
    "DeliveryDraft",
    "DeliveryRow",
    "Desk",
    "DevelopmentLife",
    "DueFeed",
    "FactRow",
    "Failure",
    "FeedCheck",
    "FeedRow",
    "Fetched",
    "FirstTold",
    "FoldedSection",
    "Hints",
    "HostRest",
    "Http",
    "Ingested",
    "Judged",
    "Notifier",
    "OpenStory",
    "Outcome",
    "Parsed",
    "Parser",
    "PlacedItem",
    "Poll",
    "Reader",
    "Receipt",
    "Request",
    "Settlement",
    "Source",
    "Store",
    "StoryItem",
    "StoryRow",
    "UnacceptedAlert",
    "Unchanged",
    "Unit",
    "request_of",
]
