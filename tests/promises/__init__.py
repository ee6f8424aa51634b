"""The promises, each proved with real servers, real clients, real processes and real faults."""
