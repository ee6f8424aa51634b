"""Outgoing webhooks: other programs are told, by signed HTTP requests, what happens in public."""
