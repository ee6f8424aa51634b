"""The web shell: pages, errors, live streams and static files that all modules share."""
