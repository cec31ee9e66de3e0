"""The poller's lane: look at feeds that are due, hand what they hold to the desk."""

from monitor.poller.lane import Poller

__all__ = ["Poller"]
