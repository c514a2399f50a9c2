"""The SMTP wire: a kept connection to a relay, driven phase by phase. Imports only config."""
