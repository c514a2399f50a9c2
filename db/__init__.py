"""The storage floor: Base, transactions, types, encryption, migrations, retention. Imports config only."""
