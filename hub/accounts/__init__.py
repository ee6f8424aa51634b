"""Accounts: people, how they prove who they are, and what they were given."""
