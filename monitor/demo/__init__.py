"""The demonstration: June 2025 through the real daemon, with nothing but this machine.

A feed server on loopback publishes each item at its news time, a mailbox and a webhook receiver
take what comes. Only time is stepped by hand; everything between is what `parley run` runs.
"""
