"""The periods of all rooms in one table: what the daily run applies, and what pages and documents print."""

from typing import Final

from mailer import periods as of_the_list
from payments import periods as of_the_money

RULES: Final = (*of_the_list.RULES, *of_the_money.RULES)
KEPT: Final = (*of_the_list.KEPT, *of_the_money.KEPT)
