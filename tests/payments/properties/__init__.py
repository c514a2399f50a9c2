"""The rules P1 to P12 of the books, on a sandbox Stripe in this process."""
