"""The donor's bank asks whether it is really them: 3-D Secure."""

from sandbox.stripe.api import Answer
from sandbox.stripe.pages import frame
from sandbox.stripe.pages.markup import Markup, tag


def ask(path: str, what: Markup, *, leads_to: str | None = None) -> Answer:
    """Show the question about what is paid; the answer goes to `path`/bank."""
    return frame.page(
        "Your bank asks: is this you?",
        what,
        tag("p", "This stands for 3-D Secure: a code, an app, or a call from the bank."),
        tag(
            "div",
            frame.press(f"{path}/bank", "Yes, I pay this", passes="yes"),
            frame.press(f"{path}/bank", "No, this is not me", passes="no"),
            class_="acts",
        ),
        leads_to=leads_to,
    )
