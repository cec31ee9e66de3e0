"""Configuration: YAML files and the environment, read into one frozen value, or refused as a whole.

`load` is the door. `document` reads one file with the place of everything in it, `files` holds the
shapes, `watches`, `concepts`, `feeds`, `baselines` and `channels` check what shapes cannot.
"""

from monitor.settings.loader import load
from monitor.settings.model import ChannelConfig, Settings

__all__ = ["ChannelConfig", "Settings", "load"]
