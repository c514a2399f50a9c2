"""The table of the commands behind `flask …`, and what they do where the settings cannot be used.

To add a command, write `web/cli/<noun>.py` and add one line to `COMMANDS`.
"""

from typing import Final

import click
from flask import Flask
from flask.cli import AppGroup, FlaskGroup

from config.settings import SettingsFault
from web.cli import (
    announcement_reports,
    announcements,
    approvals,
    audit,
    control,
    doctor,
    donation_books,
    donation_exports,
    donations,
    donors,
    epochs,
    funds,
    gift_aid,
    keys,
    lists,
    offline_gifts,
    privacy,
    proofs,
    proposals,
    receipts,
    release_parts,
    releases,
    schedules,
    seed,
    sending_limits,
    settings,
    staff,
    subscribers,
    topics,
    unsubscribe_mail,
)
from wiring import migrations

COMMANDS: Final[tuple[click.Command, ...]] = (
    releases.group,
    # The same group, with the commands for what stands around a release's words.
    release_parts.group,
    announcements.group,
    # The same group, with what is said once an announcement is over.
    announcement_reports.group,
    # The same again: what people do with an announcement, act by act.
    proposals.group,
    approvals.group,
    schedules.group,
    control.group,
    epochs.group,
    sending_limits.group,
    topics.group,
    subscribers.group,
    # The same group, with the commands that speak of one person.
    proofs.group,
    # The same again: lists that come and go by file.
    lists.group,
    donations.group,
    # The same group: our books held against Stripe's.
    donation_books.group,
    # The same again: the books as files for an accountant.
    donation_exports.group,
    # The same group, with what a gift may be for.
    funds.group,
    # The same group: what came past Stripe.
    offline_gifts.group,
    # The same group as donations: what donors have in writing.
    receipts.group,
    # The same again: what we hold of a donor, and having it erased.
    donors.group,
    # The same group, with what is claimed of taxes on gifts.
    gift_aid.group,
    unsubscribe_mail.group,
    privacy.group,
    seed.group,
    staff.group,
    audit.group,
    keys.group,
    settings.group,
    doctor.command,
)

NEED_NO_SETTINGS: Final[tuple[click.Command, ...]] = (keys.group, settings.group, doctor.command)
"""What works before there are settings, because it helps to make them."""


def install(app: Flask) -> None:
    """Register every command of the table."""
    for command in COMMANDS:
        app.cli.add_command(command)
    if click.get_current_context(silent=True) is not None:
        migrations.prepare(app)  # Flask-Migrate brings `flask db` itself, which needs this


def without_settings(fault: SettingsFault) -> Flask:
    """Return an app of the commands that need no settings; anywhere else print the faults and exit."""
    context = click.get_current_context(silent=True)
    if context is None or not isinstance(context.command, FlaskGroup):
        raise SystemExit(_report(fault))
    app = Flask("samizdat")
    app.cli = Faulty(fault)
    for command in NEED_NO_SETTINGS:
        app.cli.add_command(command)
    return app


class Faulty(AppGroup):
    """The commands of an app that has no settings: any other one says what is wrong with them."""

    def __init__(self, fault: SettingsFault) -> None:
        super().__init__()
        self._fault = fault

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command, where it needs no settings; exit with the faults where it does."""
        known = super().get_command(ctx, cmd_name)
        if known is None:
            ctx.exit(_report(self._fault))
        return known


def _report(fault: SettingsFault) -> int:
    for sentence in fault.faults:
        click.echo(sentence, err=True)
    return 1
