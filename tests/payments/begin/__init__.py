"""A gift is begun: rows, then a page of Stripe's."""
