"""How every process logs: to stderr, plain for a person at a terminal and JSON lines for a machine.

Nothing personal may stand in a log, so every line passes a filter that takes out what looks like a mail
address, a link's token or a key, wherever it came from: a message, its arguments, a traceback.
"""

import json
import logging
import re
import sys
from datetime import UTC, datetime
from typing import Final, TextIO

REDACTED: Final = "[redacted]"
_TALKATIVE: Final = ("alembic", "flask_wtf", "stripe", "werkzeug")
"""Libraries that note each request or step at INFO, or whole answers; we say ourselves what happened."""
_ADDRESS = re.compile(r"[^\s<>()\[\]\"',;:/=?&]{1,128}(?:@|%40)[^\s<>()\[\]\"',;:/=?&]{1,255}")
# payload.signature (SHA-256), payload.time.signature (SHA-1 or SHA-256), and 32 bytes in base64.
_TOKEN = re.compile(
    r"(?<![\w-])[\w-]{4,400}(?:\.[\w-]{4,12})?\.(?:[\w-]{43}|[\w-]{27})(?![\w-])"
    r"|(?<![\w+-])[\w+/-]{43}="
)
# gunicorn says where a malformed request came from.
_NETWORK = re.compile(r"\bip=\S+")
_STANDARD: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def redact(text: str) -> str:
    """Return the text without anything that looks like a mail address, a token or a key of ours."""
    if "@" in text or "%40" in text:
        text = _ADDRESS.sub(REDACTED, text)
    return _TOKEN.sub(REDACTED, _NETWORK.sub(f"ip={REDACTED}", text))


class Redaction(logging.Filter):
    """Redacts a record in place, arguments, traceback and extra fields included."""

    _formatter = logging.Formatter()

    def filter(self, record: logging.LogRecord) -> bool:
        """Redact and let pass."""
        record.msg, record.args = redact(record.getMessage()), None
        if record.exc_info and not record.exc_text:
            record.exc_text = self._formatter.formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = redact(record.exc_text)
        for name, value in _extra(record).items():
            setattr(record, name, redact(str(value)))
        return True


class JsonLines(logging.Formatter):
    """Writes one JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as JSON; what was logged with `extra=` stands beside the message."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **_extra(record),
        }
        if record.exc_text:
            line["traceback"] = record.exc_text
        return json.dumps(line, ensure_ascii=False, default=str)


class OneLine(logging.Formatter):
    """Writes plain text; a line break in a message cannot pretend to be another entry."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's own name
        """Return the record's line, its breaks made visible."""
        return super().formatMessage(record).replace("\r", "\\r").replace("\n", "\\n")


def configure(level: str, stream: TextIO | None = None) -> None:
    """Send everything this process logs to stderr, redacted; doing it again changes nothing but the level."""
    root = logging.getLogger()
    root.setLevel(level)
    _redact_gunicorn()
    for handler in root.handlers:
        if handler.name == "samizdat":
            return
    root.addHandler(_handler(stream or sys.stderr))
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(max(root.level, logging.WARNING))


def _redact_gunicorn() -> None:
    """Redact what gunicorn itself logs: it has its own handlers, made before the app is loaded."""
    for handler in logging.getLogger("gunicorn.error").handlers:
        if not handler.filters:
            handler.addFilter(Redaction())


def _handler(stream: TextIO) -> logging.Handler:
    handler = logging.StreamHandler(stream)
    handler.name = "samizdat"
    handler.addFilter(Redaction())
    plain = OneLine("%(asctime)s %(levelname)-7s %(name)s: %(message)s")
    handler.setFormatter(plain if stream.isatty() else JsonLines())
    return handler


def _extra(record: logging.LogRecord) -> dict[str, object]:
    return {name: value for name, value in vars(record).items() if name not in _STANDARD}
