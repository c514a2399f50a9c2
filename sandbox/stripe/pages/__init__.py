"""What a browser sees of the sandbox's Stripe: plain HTML, no script. Imports its rooms, and no product."""
