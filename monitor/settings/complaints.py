"""From a YAML parser's complaint to a sentence that helps."""

from __future__ import annotations

import re

from ruamel.yaml.error import MarkedYAMLError, YAMLError

from monitor.settings.syntax import Trouble

_INDICATORS = "@`%|>&*!"


def friendly(text: str, error: YAMLError) -> Trouble:
    """Say what a parser's error most likely means to the person who wrote the file."""
    if not isinstance(error, MarkedYAMLError) or error.problem_mark is None:
        return Trouble("this is not valid YAML", 1, 1, "look for odd characters")
    mark = error.problem_mark
    line, column = mark.line + 1, mark.column + 1
    problem = str(error.problem or "")
    lines = text.splitlines()
    written = lines[mark.line] if mark.line < len(lines) else ""
    before = written[: mark.column]
    opened = error.context_mark
    start = (opened.line + 1, opened.column + 1) if opened is not None else (line, column)
    if "'\\t'" in problem or ("\t" in before and not before.strip()):
        return Trouble(
            "a tab is used for indentation", line, column, "YAML indents with spaces only"
        )
    if "scanning a" in str(error.context) and "quoted scalar" in str(error.context):
        return _quoted(problem, start, (line, column))
    if "flow sequence" in str(error.context) or "flow mapping" in str(error.context):
        bracket = "[" if "sequence" in str(error.context) else "{"
        said = f"the bracket '{bracket}' is not closed, or a comma is missing before line {line}"
        return Trouble(said, *start, f"close it with '{']' if bracket == '[' else '}'}'")
    if "could not find expected ':'" in problem:
        return Trouble("a key without a colon", *start, "write `key: value`")
    return _block(problem, written, (line, column))


def _quoted(problem: str, start: tuple[int, int], here: tuple[int, int]) -> Trouble:
    """Trouble inside quotes."""
    if "escape" in problem:
        return Trouble("a backslash in double quotes begins an unknown escape", *here,
                       "use single quotes, in which a backslash is a backslash")  # fmt: skip
    if "hexdecimal" in problem or "hexadecimal" in problem:
        return Trouble("an escape in double quotes is not complete", *here, "use single quotes")
    return Trouble("this quote is never closed", *start,
                   "an apostrophe inside single quotes is written twice")  # fmt: skip


def _block(problem: str, written: str, here: tuple[int, int]) -> Trouble:
    """Trouble in the block structure of lines."""
    before = written[: here[1] - 1]
    if "mapping values are not allowed" in problem:
        if re.search(r":\s", before):
            return Trouble("a second ': ' in one line", *here, "put the text in quotes")
        return Trouble("this line does not fit the one above", *here,
                       "check the indentation, and how the line above ends")  # fmt: skip
    if "cannot start any token" in problem:
        sign = written[here[1] - 1 : here[1]] or "this character"
        return Trouble(f"text cannot begin with '{sign}'", *here, "put it in quotes")
    closed = before.rstrip()[-1:]
    if closed in {"'", '"'}:
        if "<scalar>" in problem:
            return Trouble("text goes on after the closing quote", *here,
                           "put the whole in single quotes")  # fmt: skip
        if written.startswith(",", here[1] - 1):  # YAML has taken "a" of "a", "b" for the value
            example = """'"a", "b", c'""" if closed == '"' else """"'a', 'b', c\""""
            kind = "single" if closed == '"' else "double"
            return Trouble("a list goes on after the closing quote", *here,
                           f"put the whole in {kind} quotes: {example}")  # fmt: skip
    if "<block end>" in problem or "<document start>" in problem:
        return Trouble("this line is indented differently from the lines it belongs to", *here,
                       "lines of one mapping or list start in one column")  # fmt: skip
    if "node content" in problem:
        return Trouble("a bracket or comma that nothing opened", *here, "put the text in quotes")
    if any(sign in written for sign in _INDICATORS):
        said = "this is not valid YAML"
        return Trouble(said, *here, f"text that begins with one of {_INDICATORS} needs quotes")
    return Trouble("this is not valid YAML", *here, "check the quotes and the indentation")
