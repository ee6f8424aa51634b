"""Texts from outside: files that people bring into a pad, and whole Etherpads that move in."""
