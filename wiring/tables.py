"""Every module that declares tables, loaded with the core app.

A foreign key names a table of another room by its name alone; without that room's module loaded,
SQLAlchemy cannot find it. A house test keeps this list complete.
"""

from types import ModuleType
from typing import Final

import mailer.models.announcements
import mailer.models.deliveries
import mailer.models.releases
import mailer.models.requests
import mailer.models.subscribers
import mailer.models.transfers
import payments.models.asking
import payments.models.donors
import payments.models.events
import payments.models.giving
import payments.models.money
import payments.models.receipts
import staff.models

MODULES: Final[tuple[ModuleType, ...]] = (
    mailer.models.subscribers,
    mailer.models.requests,
    mailer.models.transfers,
    mailer.models.releases,
    mailer.models.announcements,
    mailer.models.deliveries,
    staff.models,
    payments.models.donors,
    payments.models.giving,
    payments.models.money,
    payments.models.receipts,
    payments.models.events,
    payments.models.asking,
)
