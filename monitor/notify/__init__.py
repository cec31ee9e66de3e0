"""Channels: each renders a note for one recipient and sends the stored bytes.

`registry` finds them by kind, `message` turns a note into what a reader sees, `payload` into what a
program reads. A further kind is a module with a class like those here and a line in the registry.
"""
