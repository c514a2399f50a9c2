"""An applying module that writes down what it is asked; a test may say what happens meanwhile."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from payments.gateway import Gateway

NAME: Final = __name__

Act = Callable[[], object]

fetched: Final[list[str]] = []
applied: Final[list[str]] = []
#: What happens while the next ones are fetched, and once they are applied, one after the other.
while_fetching: Final[list[Act]] = []
once_applied: Final[list[Callable[[Session], object]]] = []


def fetch(_stripe: Gateway, object_id: str) -> str:
    """Fetch nothing, and take note."""
    fetched.append(object_id)
    if while_fetching:
        while_fetching.pop(0)()
    return object_id


def apply(session: Session, snapshot: str, *, now: datetime) -> None:
    """Apply nothing, and take note."""
    del now
    if once_applied:
        once_applied.pop(0)(session)
    applied.append(snapshot)


def forget() -> None:
    """Forget what was noted, and what was to happen."""
    for notes in (fetched, applied, while_fetching, once_applied):
        notes.clear()
