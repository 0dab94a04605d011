"""The vocabulary of the scenario: one block per file, each declaring its parameters once."""
