"""The rest of a cancelled announcement in words, the same on its pages and in the commands."""

from mailer.rest import Rest


def sentence(rest: Rest) -> str:
    """Say how many of its readers did not get the release, by whichever announcement."""
    if not rest.count:
        return (
            "All its readers who can be mailed have the release, or get it by another announcement."
        )
    lost = f"{rest.count:,} of its readers did not get the release, by this announcement or another"
    return f"{lost}." if rest.settled else f"At most {lost}: its last mails are being settled."
