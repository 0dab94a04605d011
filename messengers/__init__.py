"""One file per messenger: platform types stop here."""
