"""Notices: what happened to things that somebody has to do with, in an inbox of their own and by mail."""
