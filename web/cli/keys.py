"""`flask keys …`: making the two key rings, and changing the one that encrypts while everything runs."""

import os
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from config import keys
from config.settings import data_keys_file
from db import rotation
from db.sealed import Keyring
from db.session import KEYRING, transaction

group = AppGroup(
    "keys", help="Make the keys that sign links and encrypt addresses, and rotate them."
)


@group.command("generate", with_appcontext=False)
def generate() -> None:
    """Print a new SECRET_KEYS and a new DATA_KEYS, to be kept where nobody else reads."""
    click.echo(f"SECRET_KEYS={keys.generate()}")
    click.echo(f"DATA_KEYS={keys.INDEX}:{keys.generate()} k1:{keys.generate()}")


@group.command("rotate")
@click.option("--no-new", is_flag=True, help="Add no key; seal what is left under the newest one.")
def rotate(*, no_new: bool) -> None:
    """Add a key to DATA_KEYS_FILE and seal everything anew, while web and workers run.

    It may be stopped and run again. The older keys stay in the file: backups and processes that have
    not met the new key need them.
    """
    ring = _keyring()
    if not no_new:
        name = _add_key(_file())
        ring.refresh()
        click.echo(f"Added the key {name}; back the file up now.")
    _reseal(ring.newest)


def _keyring() -> Keyring:
    ring = current_app.extensions.get(KEYRING)
    if not isinstance(ring, Keyring):
        raise click.ClickException(
            "There are no settings to work with; 'flask doctor' says what to mend."
        )
    return ring


def _file() -> Path:
    path = data_keys_file()
    if path is None:
        raise click.ClickException(
            "DATA_KEYS is given as a variable, which a command cannot change for the processes that run. "
            "Give it by DATA_KEYS_FILE, or add a key yourself, restart, and use --no-new."
        )
    return path


def _add_key(path: Path) -> str:
    """Add a key under the next free name; the file is whole at every moment."""
    text = path.read_text(encoding="utf-8")
    taken = keys.data_ring(text)
    name = next(f"k{n}" for n in range(1, len(taken) + 2) if f"k{n}" not in taken)
    new = path.with_name(f"{path.name}.new")
    file = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, path.stat().st_mode & 0o777)
    with os.fdopen(file, "w", encoding="utf-8") as stream:
        stream.write(f"{text.rstrip()}\n{name}:{keys.generate()}\n")
        stream.flush()
        os.fsync(stream.fileno())
    new.replace(path)
    return name


def _reseal(newest: str) -> None:
    with transaction() as session:
        waiting = rotation.left(session)
    with click.progressbar(length=waiting, label=f"Sealing under {newest}") as bar:
        while True:
            with transaction() as session:
                done = rotation.reseal(session)
            if not done:
                break
            bar.update(done)
    with transaction() as session:
        left = rotation.left(session)
    if left:
        raise click.ClickException(
            f"{left} values were in use or do not open (the log says which); "
            "run 'flask keys rotate --no-new' again."
        )
    click.echo(f"Everything is sealed under {newest}.")
