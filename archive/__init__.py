"""The archive: every line of every logged channel, kept for good and pleasant to read."""
