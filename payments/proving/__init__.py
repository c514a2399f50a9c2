"""Proving: drives gifts against a sandbox Stripe under a seeded plan of faults, and holds rules P1 to P12.

One machine for three callers: `flask donations prove`, `make test` and `make faults`. It speaks to the
sandbox over HTTP alone, as to Stripe itself, because the product may import nothing of it; its caller starts
one. The database must be a scratch one, for it is filled with gifts that nobody gave. May import the rest of
payments, and db.
"""
