"""Tables of the money: who gives, what was given, what Stripe says of it, and what we said in writing."""
