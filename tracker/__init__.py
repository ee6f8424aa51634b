"""The tracker: stories with tasks across projects, filed, sorted out, discussed and found."""
