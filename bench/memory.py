"""Peak memory with the shipped watches, by how many languages are in use; and a warm start.

`python bench/memory.py`. Every case is a process of its own: it reads the configuration, compiles
the rules, and reads every word that the vocabulary lists of its languages, once with an empty cache
of lemmas and once with a full one. A start with a full cache loads no dictionary: the last column
says whether it did.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CASES = {
    "three: en, uk, ru": "en uk ru",
    "three, the largest: pl, de, ru": "pl de ru",
    "nine": "en de fr es it pl tr uk ru",
}


def measure(languages: list[str], cache: Path) -> dict[str, object]:
    """Read the words of some languages in this process; seconds of CPU and megabytes."""
    from monitor.app.wiring import read_settings  # noqa: PLC0415 - a part of what is measured
    from monitor.core.match import Index  # noqa: PLC0415
    from monitor.core.model import Document  # noqa: PLC0415
    from monitor.language import SimplemmaLexicon  # noqa: PLC0415

    book = read_settings(ROOT / "config", env={}).rules
    index = Index(book, SimplemmaLexicon(cache))
    for language in languages:
        entries = (e for c in book.concepts.values() for e in c.words.get(language, ()))
        index.scan(Document(" ".join(entries).replace("*", "").replace("=", ""), language=language))
    return {
        "cpu_s": time.process_time(),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "dictionaries": "simplemma" in sys.modules,
    }


def main() -> None:
    """Measure every case with an empty and with a full cache."""
    if sys.argv[1:]:
        languages, cache = sys.argv[1:]
        print(json.dumps(measure(languages.split(), Path(cache))))
        return
    for name, languages in CASES.items():
        with tempfile.TemporaryDirectory() as cache:
            for state in ("empty", "full"):
                ran = subprocess.run(
                    [sys.executable, __file__, languages, cache],
                    check=True, capture_output=True, text=True, cwd=ROOT,
                )  # fmt: skip
                said = json.loads(ran.stdout)
                print(
                    f"{name:32} cache {state:6} peak {said['peak_mb']:4.0f} MB,"
                    f" {said['cpu_s']:5.2f} s of CPU,"
                    f" dictionaries {'loaded' if said['dictionaries'] else 'not loaded'}"
                )


if __name__ == "__main__":
    main()
