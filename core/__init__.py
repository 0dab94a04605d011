"""The dialogue itself: pure values and rules, with no network, no disk and no clock of its own."""
