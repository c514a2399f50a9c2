"""What other machines call: webhooks that prove who sent them. Imports all but worker and staff."""
