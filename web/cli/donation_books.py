"""`flask donations reconcile` and `… prove`: our books held against Stripe's, and against any fault."""

import json
import sys
from datetime import UTC, datetime

import click

from db.session import transaction
from payments import findings, gateway, reconciling
from payments.findings import Report
from payments.gateway import Gateway
from payments.proving.rules import RULES, Proof
from web.cli import acts, donations, proving
from wiring import scratch
from wiring.core import core

group = donations.group


class NoStripe(Exception):
    """Donations are off: STRIPE_API_KEY is not set."""


@group.command("reconcile")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for a script.")
def reconcile(*, as_json: bool) -> None:
    """Compare our books with Stripe's to the second, and keep what was found; exit 1 on a difference."""
    with acts.refusals(NoStripe, gateway.TemporaryFailure, gateway.PermanentFailure):
        report = reconciling.compare(transaction, _stripe(), now=datetime.now(UTC))
    with transaction() as session:
        reconciling.keep(session, report)
    click.echo(json.dumps(report.told()) if as_json else "\n".join(_lines(report)))
    if not report.holds:
        sys.exit(1)


@group.command("prove")
@click.option("--seeds", type=click.IntRange(1), default=20, show_default=True, help="How many.")
@click.option("--from", "first", type=click.IntRange(0), default=0, help="The first seed.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for a script.")
def prove(*, seeds: int, first: int, as_json: bool) -> None:
    """Give, refund and dispute on a sandbox under plans of faults; exit 1 where a rule was broken.

    Needs the sandbox's program, and a database user who may create databases. Touches nothing of yours.
    """
    proof = Proof()
    with acts.refusals(proving.NoSandbox), scratch.scratch(core().settings) as ours:
        for seed in range(first, first + seeds):
            proof.add(proving.prove(core().settings, ours, seed).named(f"seed {seed}"))
    click.echo(json.dumps(proof.told()) if as_json else "\n".join(_rules(proof, seeds)))
    if proof.faults:
        sys.exit(1)


def _rules(proof: Proof, count: int) -> list[str]:
    broken = {fault.partition(":")[0] for fault in proof.faults}
    lines = [
        f"{rule:<4}{'BROKEN' if rule in broken else 'holds':<8}{looked:>9,}  {RULES[rule]}"
        for rule, looked in proof.looked.items()
    ]
    return [f"{count:,} seeds; of each rule what was looked at:", *lines, *proof.faults]


def _stripe() -> Gateway:
    stripe = core().stripe
    if stripe is None:
        raise NoStripe(
            "Donations are off: set STRIPE_API_KEY, whose account the books are held against."
        )
    return stripe


def _lines(report: Report) -> list[str]:
    ids = [f"  {kind.value} {id_}" for kind, found in report.found.items() for id_ in found.shown]
    ids += [
        f"  not counted to {paid.payout_id}: {id_}"
        for paid in report.payouts
        for id_ in paid.missing.shown
    ]
    ids += [
        f"  not of {paid.payout_id}: {id_}" for paid in report.payouts for id_ in paid.extra.shown
    ]
    head = "The books hold" if report.holds else "The books differ"
    currencies = ", ".join(total.currency for total in report.totals) or "no currency"
    seen = f"{head}: {report.entries:,} lines in {currencies}, {len(report.payouts):,} payouts."
    return [seen, *findings.sentences(report), *ids]
