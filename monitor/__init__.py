"""Parley watches news feeds and says when the state of affairs changes."""

__version__ = "0.1.0"
