"""`make bench`, or `make bench ONLY=subscribe`: runs the measurements one after another."""

import sys
from importlib import import_module
from pathlib import Path

FOLDER = Path(__file__).parent
NOT_BENCHES = {
    *("__init__", "__main__", "books", "cpu", "distance", "empty", "frozen", "hosts", "house"),
    "report",
}


def names() -> list[str]:
    """Return the benches there are."""
    return sorted({path.stem for path in FOLDER.glob("*.py")} - NOT_BENCHES)


def main() -> None:
    """Run every bench, or the ones named."""
    wanted = sys.argv[1:] or names()
    if unknown := set(wanted) - set(names()):
        sys.exit(f"There is no bench {', '.join(sorted(unknown))}; there are {', '.join(names())}.")
    for name in wanted:
        import_module(f"bench.{name}").main()


if __name__ == "__main__":
    main()
