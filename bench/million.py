"""How much memory a sending process holds when an announcement goes to a million readers; minutes."""

from bench import announcement

READERS = 1_000_000


def main() -> None:
    """Measure and print."""
    announcement.main(READERS, "million")


if __name__ == "__main__":
    main()
