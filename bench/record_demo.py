"""Record the terminal of the demo as docs/demo.svg: `.venv/bin/python bench/record_demo.py`.

The fonts that rich would have a reader's browser fetch from elsewhere are left out.
"""

from __future__ import annotations

import asyncio
import os
import re
import tempfile
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.terminal_theme import TerminalTheme

from monitor.demo.run import run

TARGET = Path(__file__).resolve().parents[1] / "docs" / "demo.svg"
WIDTH, DAYS = 120, 7
THEME = TerminalTheme(
    (24, 26, 31),
    (220, 223, 228),
    [(24, 26, 31), (224, 108, 117), (126, 200, 120), (229, 192, 123),
     (97, 175, 239), (198, 120, 221), (86, 196, 214), (220, 223, 228)],
)  # fmt: skip


def main() -> None:
    with Path(os.devnull).open("w") as nowhere:
        console = Console(
            file=nowhere, record=True, width=WIDTH, force_terminal=True, color_system="truecolor"
        )
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            summary = asyncio.run(run(Path("data/demo"), days=DAYS, pause_s=0.0, console=console))
    if not summary.ok:
        raise SystemExit("the demo did not do what it should; nothing was recorded")
    plain = re.sub(r"@font-face \{\{.*?\}\}\s*", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    plain = plain.replace(
        "Fira Code, monospace", "ui-monospace, Menlo, DejaVu Sans Mono, monospace"
    )
    plain = re.sub(r"<!--.*?-->\s*", "", plain)
    TARGET.parent.mkdir(exist_ok=True)
    console.save_svg(str(TARGET), title="parley demo", theme=THEME, code_format=plain)
    print(f"{TARGET}: {TARGET.stat().st_size // 1024} KiB")


if __name__ == "__main__":
    main()
