"""Gifts, refunds and disputes on a sandbox Stripe whose webhooks are lost, doubled, late and out of order."""

import json
import subprocess
import sys
from typing import Any

from config.settings import ROOT, load
from tests import processes
from tests.faults.finding import Finding, Tally
from tests.faults.site import Site

SEEDS, LONG_SEEDS = 10, 500
LAST_WORDS = 2_000
_TWICE = ("P2", "P3", "P5")
"""The rules that something done twice breaks; what breaks another is lost, or was never there."""


def run(site: Site) -> Finding:
    """The books equal Stripe's after each seed, and the rules P1 to P12 hold; lines count as readers."""
    seeds = LONG_SEEDS if site.long else SEEDS
    told = _proved(site, seeds)
    faults = [str(fault) for fault in told["faults"]]
    twice = [fault for fault in faults if fault.startswith(_TWICE)]
    tally = Tally(
        readers=told["looked"]["P1"],
        lost=len(faults) - len(twice),
        duplicated=len(twice),
        unwanted=0,
        ghosts=0,
        uncertain=0,
        unlisted=0,
        closes=bool(told["holds"]),
    )
    return Finding(tally, rounds=seeds, faults=faults, beside={"looked": told["looked"]})


def _proved(site: Site, seeds: int) -> dict[str, Any]:
    """Run the product's own command, which exits with 1 where a rule is broken."""
    env = processes.environ(load(site.environ, local=site.folder / "none.env"))
    argv = [sys.executable, "-m", "flask", "donations", "prove", "--seeds", str(seeds), "--json"]
    path = site.folder / "prove.log"
    with path.open("w", encoding="utf-8") as log:
        ended = subprocess.run(
            argv, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=log, text=True, check=False
        )
    if not ended.stdout:
        last = path.read_text(encoding="utf-8", errors="replace")[-LAST_WORDS:]
        raise RuntimeError(f"flask donations prove ended with {ended.returncode}: {last}")
    told: dict[str, Any] = json.loads(ended.stdout)
    return told
