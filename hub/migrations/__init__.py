"""Schema migrations, one linear history, shipped in the wheel and applied at start."""
