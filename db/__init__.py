"""The storage floor: Base, transactions, column types, encryption, migrations. Imports config only."""
