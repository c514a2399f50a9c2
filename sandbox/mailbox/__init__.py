"""Receives mail over SMTP and shows it on a page. Imports nothing of the product."""
