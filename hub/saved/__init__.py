"""Queries that people keep under a name: searches, and lists of stories."""
