"""What Boris types into the form, where a test says nothing else."""

from payments.giving import Wish
from tests.cast import BORIS

WISH = Wish(
    amount=2_500,
    costs=0,
    currency="EUR",
    interval=None,
    fund_slug="",
    address=BORIS,
    name="Boris",
    language="en",
    anonymous=False,
    tribute=None,
    tribute_name="",
    notice_address="",
    message="",
    joins_list=False,
    nonce="a form",
)
