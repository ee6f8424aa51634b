"""Accounts on the web: how people come in, what is theirs, and what administrators do."""
