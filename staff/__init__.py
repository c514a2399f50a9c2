"""Who may press the button: accounts, roles, the audit chain. Imports db and config; knows no other room."""
