"""The shared table: columns, merge, Google and the sync cycle."""
