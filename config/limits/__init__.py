"""Every limit the product sets, in one room: lengths in characters, sizes in bytes, times in seconds.

A limit lives here so that a reader can answer "how long may a headline be?" by looking in one place, and so
that the form, the importer, the table and the test cannot disagree. It is used as `limits.HEADLINE_LENGTH`,
whichever of these modules it stands in.
"""

from config.limits.books import *  # noqa: F403 - each is limits.NAME to whoever uses it
from config.limits.content import *  # noqa: F403 - each is limits.NAME to whoever uses it
from config.limits.giving import *  # noqa: F403 - each is limits.NAME to whoever uses it
from config.limits.people import *  # noqa: F403 - each is limits.NAME to whoever uses it
from config.limits.plans import *  # noqa: F403 - each is limits.NAME to whoever uses it
from config.limits.receipts import *  # noqa: F403 - each is limits.NAME to whoever uses it
from config.limits.sending import *  # noqa: F403 - each is limits.NAME to whoever uses it
from config.limits.staff import *  # noqa: F403 - each is limits.NAME to whoever uses it
from config.limits.stripe import *  # noqa: F403 - each is limits.NAME to whoever uses it
from config.limits.web import *  # noqa: F403 - each is limits.NAME to whoever uses it
