"""Stripe's books for a bench, as a server: 100,000 equal lines, a minute apart, and nothing else lately."""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

LINES: Final = 100_000
PAGE: Final = 100
NET: Final = 941
NEWEST: Final = 1_790_000_000
"""When the newest line was made; each other is a minute older than the one before it."""


class _Lists(BaseHTTPRequestHandler):
    """Answers what reconciling asks."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """Answer one page."""
        target = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(target.query).items()}
        body = json.dumps(_answer(target.path, asked)).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _answer(path: str, asked: dict[str, str]) -> dict[str, Any]:
    if path == "/v1/balance":
        sums = [{"amount": LINES * NET, "currency": "usd", "source_types": {"card": LINES * NET}}]
        return {"object": "balance", "livemode": False, "available": sums, "pending": []}
    if path == "/v1/balance_transactions":
        first = int(asked.get("starting_after", "txn_-1").removeprefix("txn_")) + 1
        data = [_line(number) for number in range(first, min(first + PAGE, LINES))]
        return _list(path, data, more=first + PAGE < LINES)
    return _list(path, [], more=False)


def _list(path: str, data: list[dict[str, Any]], *, more: bool) -> dict[str, Any]:
    return {"object": "list", "url": path, "data": data, "has_more": more}


def _line(number: int) -> dict[str, Any]:
    made = NEWEST - 60 * number
    return {
        "id": f"txn_{number:06}",
        "object": "balance_transaction",
        "amount": 1000,
        "available_on": made,
        "balance_type": "payments",
        "created": made,
        "currency": "usd",
        "description": None,
        "exchange_rate": None,
        "fee": 59,
        "fee_details": [{"amount": 59, "currency": "usd", "type": "stripe_fee"}],
        "net": NET,
        "reporting_category": "charge",
        "source": f"ch_{number:06}",
        "status": "available",
        "type": "charge",
    }


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), _Lists).serve_forever()
