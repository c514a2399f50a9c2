"""`flask privacy …`: what is kept how long, what the last runs took away, and what waits."""

import json
from datetime import UTC, datetime
from typing import Final

import click
from flask.cli import AppGroup

from config import limits
from db import due
from db.due import Rule, Run
from db.session import transaction
from mailer import retention
from mailer.models.transfers import RetentionRun
from wiring import periods
from wiring.core import core

group = AppGroup("privacy", help="Say what is kept how long, and take away what is due.")

_HEAD: Final = """\
# What is kept, how long, and why

This page is printed by `flask privacy docs` from `mailer/periods.py` and `payments/periods.py`, the tables
that `mailer/retention.py` applies once a day. A period is a setting; given here is the one where none was
chosen. What is due goes with the next day's run, so it may be there for one day more; backups keep it
for as long as you keep them. The page `/privacy` tells visitors the periods of your deployment.

| What | How long | Then | Why | Setting |
|---|---|---|---|---|
"""
_KEPT: Final = """
Stripe is told an amount, a currency, once or regularly, and a random number; nothing of the person. What
donors type on its page goes to it past us. It works for us where it collects the payment, and on its own
account where it looks for fraud: keep its data processing agreement with yours.

## Without an end

| What | Why |
|---|---|
"""
_FOOT: Final = """
## To see it

- `flask privacy report`: the last runs, and what waits for the next.
- `flask privacy run`: a run now.
- Donors see, take and erase all that is held of them on their own page: `/giving`.
- [Somebody asks what we hold](runbooks/somebody-asks-what-we-hold.md)
- [Somebody asks to be erased](runbooks/somebody-asks-to-be-erased.md)
"""


@group.command("docs", with_appcontext=False)
def print_docs() -> None:
    """Print docs/privacy.md."""
    click.echo(docs(), nl=False)


@group.command("report")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for a script.")
def report(as_json: bool) -> None:  # noqa: FBT001 - click passes options by position
    """Print the last runs, and how many rows wait for the next, by rule."""
    settings, now = core().settings, datetime.now(UTC)
    with transaction() as session:
        runs = [_run(run) for run in retention.last_runs(session, limit=limits.RUNS_SHOWN)]
        waiting = due.waiting(session, periods.RULES, Run(settings, now))
    if as_json:
        click.echo(json.dumps({"runs": runs, "waiting": waiting}))
        return
    click.echo("Waiting for the next run:")
    for rule in periods.RULES:
        click.echo(
            f"  {waiting[rule.name]:>9,}  {rule.what} ({rule.period(rule.length(settings))})"
        )
    click.echo(
        "Last runs:" if runs else "There was no run yet; a worker and a beat make one a day."
    )
    for run in runs:
        click.echo(f"  {run['at']}  {_taken(run['taken'])}")


@group.command("run")
def run_now() -> None:
    """Apply every rule now, whether or not that was done today."""
    run = Run(core().settings, datetime.now(UTC))
    taken = retention.apply(transaction, periods.RULES, run, again=True)
    if taken is None:
        raise click.ClickException("Another run is going on; 'flask privacy report' shows its end.")
    click.echo(_taken(taken))


def docs() -> str:
    """Return the text of docs/privacy.md."""
    rules = "".join(_rule(rule) for rule in periods.RULES)
    kept = "".join(f"| {each.what} | {each.why} |\n" for each in periods.KEPT)
    return _HEAD + rules + _KEPT + kept + _FOOT


def _rule(rule: Rule) -> str:
    setting = f"`{rule.setting.upper()}`" if rule.setting else "none"
    cells = (rule.what, rule.period(rule.default_length()), rule.then, rule.why, setting)
    return f"| {' | '.join(cells)} |\n"


def _run(run: RetentionRun) -> dict[str, object]:
    return {"at": run.at.isoformat(timespec="seconds"), "taken": run.taken}


def _taken(taken: object) -> str:
    counts = taken.items() if isinstance(taken, dict) else ()
    return ", ".join(f"{name} {count:,}" for name, count in counts if count) or "nothing was due"
