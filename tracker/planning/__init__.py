"""Plans: worklists, boards with lanes, and due dates."""
