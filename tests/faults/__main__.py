"""`make faults`, `make faults ONLY="F1 F5"`, `make faults FAULTS=long`: each row, then a table of all."""

import argparse
import shutil
import sys
import time
import traceback
from collections.abc import Sequence
from typing import Final

from config.settings import ROOT
from tests.faults import rows
from tests.faults.engines import Engines, started
from tests.faults.finding import Finding, Line, Skipped, table
from tests.faults.rows import Row
from tests.faults.site import Site

FOLDER: Final = ROOT / "var" / "faults"
"""Where each row leaves what its processes said, until it is run again."""


def main() -> None:
    """Run the rows that were asked for; exit with 1 where a goal was missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("only", nargs="*", metavar="FAULT", help="such as F1; all without")
    parser.add_argument("--long", action="store_true", help="100 rounds and more")
    given = parser.parse_args()
    known = rows.all_rows()
    wanted = [row for row in known if row.fault in given.only or not given.only]
    if unknown := set(given.only) - {row.fault for row in known}:
        there = " ".join(row.fault for row in known)
        sys.exit(f"There is no row {' '.join(sorted(unknown))}; there are {there}.")
    lines = run(wanted, long=given.long)
    sys.stdout.write(f"\n{table(lines)}\n")
    sys.exit(any(line.met is False for line in lines))


def run(wanted: Sequence[Row], *, long: bool) -> list[Line]:
    """Run rows one after another and print the JSON line of each as soon as it is through."""
    lines = []
    with started() as engines:
        for row in wanted:
            line = take(row, engines, long=long)
            sys.stdout.write(line.as_json() + "\n")
            sys.stdout.flush()
            lines.append(line)
    return lines


def take(row: Row, engines: Engines, *, long: bool) -> Line:
    """Run one row; what breaks it off is its outcome, and the next row runs all the same."""
    sys.stderr.write(f"{row.fault}: {row.title}\n")
    began = time.monotonic()
    finding: Finding | None = None
    skipped = broken = ""
    try:
        finding = _found(row, engines, long=long)
    except Skipped as reason:
        skipped = str(reason)
    except Exception as fault:  # noqa: BLE001 - whatever it is, this row's goal was missed
        traceback.print_exc()
        broken = f"{type(fault).__name__}: {fault}".splitlines()[0][:300]
    seconds = time.monotonic() - began
    return Line(row.fault, row.title, seconds, finding, skipped=skipped, broken=broken)


def _found(row: Row, engines: Engines, *, long: bool) -> Finding:
    engines.ready()
    folder = FOLDER / row.fault
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with Site(engines, folder, row.fault.lower(), long=long).open() as site:
        return row.run(site)


if __name__ == "__main__":
    main()
