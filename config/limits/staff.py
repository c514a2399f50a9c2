"""Limits of the staff's sign-in."""

from typing import Final

# -- The staff's sign-in ---------------------------------------------------------------------------
PASSWORD_LENGTH: Final = 12
"""The shortest password a staff member may choose."""
STAFF_NAME_LENGTH: Final = 120
SESSION_IDLE_SECONDS: Final = 45 * 60
"""How long a signed-in member may do nothing before they must sign in again."""
SESSION_SECONDS: Final = 12 * 3600
"""How long one sign-in lasts at most."""
SESSION_TOUCH_SECONDS: Final = 60
"""How often the cookie is dated anew while somebody works."""
FRESH_SIGN_IN_SECONDS: Final = 10 * 60
"""How recently somebody must have proved themselves before a send, an export or a refund."""
FACTOR_SET_UP_SECONDS: Final = 15 * 60
"""How long setting up a second factor or a passkey may take."""
RECOVERY_CODES: Final = 8
"""How many recovery codes a member is given."""
SIGN_IN_TRIES_OF_PREFIX: Final = "30 per 5 minutes; 200 per day"
"""Tries to sign in from one network (IPv4 /24, IPv6 /48)."""
SIGN_IN_TRIES_OF_ACCOUNT: Final = "10 per 5 minutes; 100 per day"
"""Tries to sign in to one account, wherever they come from."""
CODE_TRIES_OF_ACCOUNT: Final = "5 per minute; 20 per hour; 60 per day"
"""Tries of a six-digit or a recovery code: at this pace guessing one takes decades."""
