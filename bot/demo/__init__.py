"""The demo's own IRC server, with a few residents: for one machine, for trying things out."""
