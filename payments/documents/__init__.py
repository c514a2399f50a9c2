"""Documents: what a donor is given in writing, as PDF. Imports config and payments.amounts; asks no rows."""
