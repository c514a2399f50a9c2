"""The rest of a cancelled announcement in words, the same on its pages and in the commands."""

from mailer.rest import Rest


def sentence(rest: Rest) -> str:
    """Say how many readers have the release by no announcement."""
    if not rest.count:
        return (
            "All its readers who can be mailed have the release, or get it by another announcement."
        )
    number = f"{rest.count:,} of its readers {'has' if rest.count == 1 else 'have'}"
    if rest.settled:
        return f"{number} the release by no announcement."
    return f"At most {number} the release by no announcement: its last mails are being settled."
