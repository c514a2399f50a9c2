"""The gateway against a Stripe on the wire: each thing that may be asked, and each way it can go wrong."""
