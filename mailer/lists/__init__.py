"""Lists that come by file and go by file (docs/adr/0011). Imports the rest of mailer, db and config."""
