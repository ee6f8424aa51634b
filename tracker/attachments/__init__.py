"""Files that people add to stories."""
