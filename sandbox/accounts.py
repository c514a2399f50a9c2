"""Under which account PostgreSQL runs: it refuses root, and in a container everybody is root."""

import os
import pwd
import shutil
import sys
from dataclasses import dataclass

from sandbox.errors import SandboxError


@dataclass(frozen=True)
class Account:
    """Who owns PostgreSQL's files, and the words before a command that make it run as them."""

    uid: int
    gid: int
    prefix: tuple[str, ...] = ()


def for_postgres() -> Account:
    """Return this process's own account, or 'nobody' for root; raise SandboxError.

    'nobody' is lent one right of root's, to pass through folders that are closed to others: without
    it a checkout under /root or in a private temporary folder would have to be opened to everybody.
    """
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    setpriv = shutil.which("setpriv") if sys.platform == "linux" else None
    if setpriv is None:
        raise SandboxError(
            "PostgreSQL does not run as root, and there is no setpriv (of util-linux) to give it "
            "another account; start as an ordinary user, or set DATABASE_URL."
        )
    nobody = pwd.getpwnam("nobody")
    rights = "-all,+dac_override"
    return Account(
        nobody.pw_uid,
        nobody.pw_gid,
        (
            setpriv,
            f"--reuid={nobody.pw_uid}",
            f"--regid={nobody.pw_gid}",
            "--clear-groups",
            f"--inh-caps={rights}",
            f"--ambient-caps={rights}",
            # A change of account cuts the tie to the parent (see tether): it is tied again.
            "--pdeathsig=INT",
        ),
    )
