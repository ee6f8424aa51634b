"""Code review: what Gerrit and Zuul tell, and what becomes of stories by it."""
