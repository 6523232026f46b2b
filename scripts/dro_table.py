#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes the table of docs/coming-from-dro.md from tests/dro/symbols.inc, whose lines are compiled.

  dro_table.py            compares; exit 1 where the page differs
  dro_table.py --write    writes the table into the page
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "coming-from-dro.md"
BEGIN, END = "<!-- table: made by scripts/dro_table.py -->", "<!-- end of table -->"
ENTRY = re.compile(r'^SECTION\("([^"]+)"\)|^SYMBOL\(\s*"([^"]+)",\s*"([^"]+)",\s*"([^"]+)"', re.MULTILINE)


def code(text):
    """Names as code; sentences as they are."""
    return text if ":" in text.replace("::", "") or " any " in f" {text} " or "which" in text else f"`{text}`"


def table():
    lines = []
    for section, theirs, ours, header in ENTRY.findall((ROOT / "tests/dro/symbols.inc").read_text(encoding="utf-8")):
        if section:
            lines += ["", f"### {section}", "", "| DRO | here | header below `entente/` |", "|---|---|---|"]
        else:
            lines.append(f"| {code(theirs)} | {code(ours)} | `{header}` |")
    return "\n".join(lines).strip()


def main():
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    made = f"{before}{BEGIN}\n\n{table()}\n\n{END}{after}"
    if "--write" in sys.argv[1:]:
        PAGE.write_text(made, encoding="utf-8")
    elif made != page:
        print(f"{PAGE.relative_to(ROOT)}: the table is not that of tests/dro/symbols.inc; run scripts/dro_table.py --write")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
