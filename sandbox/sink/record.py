"""What a sink has accepted: in memory, and as lines of JSON that outlive the process."""

import json
import re
import time
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Condition
from typing import Final

MESSAGE_ID: Final = re.compile(rb"^message-id:\s*(\S+)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Accepted:
    """One message accepted for one recipient.

    `at` is in seconds since 1970; `message_id` is '' where the header has none; `content` is the
    message as it was before dots were added, where the sink keeps bytes.
    """

    sender: str
    recipient: str
    message_id: str
    at: float
    size: int
    content: bytes | None = None

    def line(self) -> bytes:
        """Return this as one line of JSON, the content in base64."""
        fields = {
            "sender": self.sender,
            "recipient": self.recipient,
            "message_id": self.message_id,
            "at": self.at,
            "size": self.size,
        }
        if self.content is not None:
            fields["content"] = b64encode(self.content).decode("ascii")
        return json.dumps(fields).encode("ascii") + b"\n"


class Record:
    """A growing list of messages, and the file behind it when there is one."""

    def __init__(self, path: Path | None = None, *, keep_bytes: bool = False) -> None:
        self._file = path.open("ab", buffering=0) if path else None
        self._keep_bytes = keep_bytes
        self._accepted: list[Accepted] = []
        self._changed = Condition()

    def add(self, sender: str, recipients: Sequence[str], content: bytes) -> None:
        """Store a message once for each recipient; on return the file has it too."""
        header = content.partition(b"\r\n\r\n")[0]
        found = MESSAGE_ID.search(header)
        message_id = found[1].decode("utf-8", "replace") if found else ""
        kept = content if self._keep_bytes else None
        for recipient in recipients:
            message = Accepted(sender, recipient, message_id, time.time(), len(content), kept)
            if self._file:
                self._file.write(message.line())
            with self._changed:
                self._accepted.append(message)
                self._changed.notify_all()

    @property
    def accepted(self) -> list[Accepted]:
        """Return a copy of the list as it is now."""
        with self._changed:
            return list(self._accepted)

    def wait_for(self, count: int, seconds: float) -> list[Accepted]:
        """Return the list once it holds `count` messages; TimeoutError when that takes longer."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self._accepted) >= count, seconds):
                raise TimeoutError(f"The sink has {len(self._accepted)} messages, not {count}.")
            return list(self._accepted)

    def close(self) -> None:
        """Close the file; the list stays."""
        if self._file:
            self._file.close()
