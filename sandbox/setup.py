"""Makes .venv and fills it with what the lock names, or says in one sentence why it cannot.

`make` runs this with whatever python3 there is. So it uses the standard library alone, and no
syntax that an old Python cannot read: a person on Python 3.8 gets a sentence, not a SyntaxError.
"""

import argparse
import contextlib
import fcntl
import hashlib
import importlib.util
import json
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

OLDEST = (3, 11)
NEWEST = (3, 13)
ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed.json"
UNFINISHED = VENV / "unfinished"
LOG = VENV / "pip.log"
LOCKS = {
    "run": "requirements.txt",
    "dev": "requirements-dev.txt",
    "pgp": "requirements-pgp.txt",
}
TICK_SECONDS = 4
STARTED = time.monotonic()

MISMATCH = r"DO NOT MATCH THE HASHES"
DISK = r"No space left|Disk quota"
NETWORK = (
    r"NewConnectionError|NameResolutionError|Max retries|Connection (refused|broken|reset)"
    r"|ProxyError|SSLError|[Tt]imed out|Network is unreachable|name resolution|not a trusted"
)
NO_BUILD = r"No matching distribution found|not a supported wheel|Failed (to build|building)"
# In this order: where the network is away, pip also finds no matching distribution.
REASONS = {
    MISMATCH: "a package that was fetched is not the one the lock names, and was not installed; if "
    "your package index is a mirror, mend it, then run the same command again.",
    DISK: "the disk is full; free about 700 MB, then run the same command again.",
    NETWORK: "the package index could not be reached; check the network, the proxy and pip's "
    "settings, then run the same command again: what was fetched is kept.",
    NO_BUILD: "a package has no build for this machine; Samizdat runs on Linux with glibc (x86_64, "
    "aarch64) and on macOS.",
}


class SetupError(Exception):
    """The setup cannot go on; the message is one sentence: what is wrong, and what to do."""


def main() -> None:
    """Make .venv ready for `make run`, or with --dev for `make test` and `make check`."""
    parser = argparse.ArgumentParser(description="Make .venv and install what the lock names.")
    parser.add_argument("--dev", action="store_true", help="also what the tests and checks need")
    parser.add_argument(
        "--pgp", action="store_true", help="also what encrypts mails to OpenPGP keys"
    )
    asked = parser.parse_args()
    kinds = ["dev" if asked.dev else "run"] + ["pgp"] * asked.pgp
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        use_fitting_python(sys.version_info[:2])
        with alone():
            for kind in kinds:
                prepare(kind)
    except SetupError as error:
        sys.exit(f"Setup stopped: {error}")
    except OSError as error:
        sys.exit(
            f"Setup stopped: {error.filename or ROOT} cannot be written ({error.strerror}); work in "
            "a folder of your own, on a disk with room."
        )
    except KeyboardInterrupt:
        sys.exit("\nSetup stopped by you; run the same command again to go on.")


def use_fitting_python(version: "tuple[int, ...]") -> None:
    """Return if this Python fits; else become one that does, or raise SetupError."""
    if OLDEST <= version <= NEWEST:
        return
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        other = shutil.which(f"python3.{minor}")
        if other is not None and is_version(other, minor):
            os.execv(other, [other, "-I", *sys.argv])  # noqa: S606 - becomes the Python that fits
    raise SetupError(
        f"Samizdat needs Python 3.{OLDEST[1]} to 3.{NEWEST[1]}, and this is "
        f"{'.'.join(map(str, version))}; install one of them, or say where it is: "
        f"make run PYTHON=/path/to/python3.{NEWEST[1]}"
    )


def is_version(python: str, minor: int) -> bool:
    """Ask a Python for its version, because a name in the PATH may be an empty shim."""
    code = f"import sys; sys.exit(sys.version_info[:2] != (3, {minor}))"
    answer = subprocess.run([python, "-I", "-c", code], check=False, stderr=subprocess.DEVNULL)
    return answer.returncode == 0


@contextlib.contextmanager
def alone() -> "Iterator[None]":
    """Hold the folder, so that two makes at once do not install over each other."""
    folder = os.open(str(ROOT), os.O_RDONLY)
    # pip inherits the lock: should we be killed, the next make waits until pip has ended too.
    os.set_inheritable(folder, True)  # noqa: FBT003 - the standard library's signature
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def prepare(kind: str) -> None:
    """Bring .venv to what the lock of this kind says; touch nothing when it is there already."""
    wanted = fingerprint(kind)
    stamp = read_stamp()
    fits = stamp.get("made") == made_by() and os.access(str(PYTHON), os.X_OK)
    if fits and not UNFINISHED.exists():
        if stamp.get(kind) == wanted:
            return
    elif UNFINISHED.exists() or stamp or not os.access(str(PYTHON), os.X_OK):
        # Whatever was being installed when it was interrupted may be there by half: begin afresh.
        make_venv()
    UNFINISHED.touch()
    install(LOCKS[kind])
    stamp = {**read_stamp(), "made": made_by(), kind: wanted}
    if kind == "dev":
        # All locks are made together, and the development lock contains the others.
        stamp.update({each: fingerprint(each) for each in LOCKS})
    STAMP.write_text(json.dumps(stamp), encoding="utf-8")
    UNFINISHED.unlink()
    say("installed")


def read_stamp() -> "dict[str, str]":
    """Read what was installed; nothing, where the stamp is missing or broken."""
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def made_by() -> str:
    """Name what a .venv cannot outlive: the Python that made it, and the folder it stands in."""
    return f"python {sys.version_info[0]}.{sys.version_info[1]} in {ROOT}"


def fingerprint(kind: str) -> str:
    """Return the hash of a lock file."""
    return hashlib.sha256((ROOT / LOCKS[kind]).read_bytes()).hexdigest()


def make_venv() -> None:
    """Make an empty .venv; raise SetupError where Python came without the module for it."""
    parts = [importlib.util.find_spec(name) for name in ("venv", "ensurepip")]
    if not all(part and part.origin for part in parts):
        raise SetupError(
            f"{sys.executable} came without its venv module; on Debian or Ubuntu install it (as "
            "root: apt install python3-venv), then run the same command again."
        )
    say(f"making .venv with Python {platform.python_version()}")
    if VENV.exists():
        shutil.rmtree(str(VENV))
    VENV.mkdir()
    UNFINISHED.touch()
    if run([sys.executable, "-I", "-m", "venv", str(VENV)], LOG):
        words = LOG.read_text(encoding="utf-8", errors="replace")
        raise SetupError(f"python -m venv failed: {last_line(words)}")


def install(lock: str) -> None:
    """Install what a lock names, and say how far it is; SetupError with the reason pip gives."""
    total = len(re.findall(r"(?m)^\S+==", (ROOT / lock).read_text(encoding="utf-8")))
    say(f"fetching the {total} packages of {lock} (once; a minute on most machines)")
    # The lock is complete, so there is nothing to resolve: --no-deps spares pip the search.
    options = ["--no-deps", "--require-hashes", "--no-user", "--no-input", "--retries", "2"]
    command = [str(PYTHON), "-I", "-m", "pip", "--disable-pip-version-check", "install", *options]
    failed = run([*command, "--progress-bar", "off", "-r", lock], LOG, total)
    if failed:
        raise SetupError(reason(LOG.read_text(encoding="utf-8", errors="replace")))


def run(command: "list[str]", log: Path, total: int = 0) -> int:
    """Run a command into a log and return its exit code; it does not outlive us."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=str(ROOT), stdout=output, stderr=output, close_fds=False
        )
    try:
        while True:
            try:
                return process.wait(timeout=TICK_SECONDS)
            except subprocess.TimeoutExpired:
                if total:
                    say(progress(log.read_text(encoding="utf-8", errors="replace"), total))
    finally:
        process.kill()
        process.wait()


def progress(output: str, total: int) -> str:
    """Say from pip's output how far it is."""
    if re.search(r"(?m)^Installing collected", output):
        return "unpacking the packages"
    skipped = len(re.findall(r"(?m)^Ignoring ", output))
    fetched = len(re.findall(r"(?m)^(Collecting|Requirement already satisfied)", output))
    return f"fetched {fetched} of {total - skipped} packages"


def reason(output: str) -> str:
    """Say from pip's output why it failed, and what to do."""
    for pattern, sentence in REASONS.items():
        if re.search(pattern, output):
            return f"{sentence} (pip's own words: {LOG})"
    return f"pip failed: {last_line(output)} (all of its words: {LOG})"


def last_line(output: str) -> str:
    """Return the last line that says something."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"


def say(words: str) -> None:
    """Print one line of progress, with the seconds since the start."""
    sys.stdout.write(f"[{time.monotonic() - STARTED:4.0f} s] {words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
