"""Measures what the program promises to be fast at; `scripts/bench` runs it. No part of the wheel."""
