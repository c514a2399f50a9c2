"""Limits around receipts."""

from typing import Final

RECEIPT_MAIL_SECONDS: Final = 14 * 24 * 3600
"""How long a mail about a gift is worth sending; the receipt itself is kept, and can be mailed again."""
OUTBOX_ATTACHED_BYTES: Final = 5_000_000
"""Bytes of the files that one outbox mail carries: they are kept sealed beside its words until it is sent."""
STATEMENT_FIRST_YEAR: Final = 2000
"""The first year that anybody is given a statement of."""

# -- Gift Aid --------------------------------------------------------------------------------------
GIFT_AID_NAME_LENGTH: Final = 35
"""What HMRC's schedule takes of a first name, and of a last one."""
GIFT_AID_HOUSE_LENGTH: Final = 40
