"""Talks IRC: connects, listens, speaks, and turns what it hears into lines."""
