"""One search over everything: an index that follows the outbox, and the pages that ask it."""
