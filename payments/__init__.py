"""How money arrives: donors, donations, plans, receipts, the ledger, and Stripe behind one gateway.

May import staff, db, config, and of the mailer its outbox alone. Knows neither HTTP pages nor Celery.
"""
