"""Pads: text that many people write at the same time, kept edit by edit."""
