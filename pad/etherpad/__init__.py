"""Etherpad's HTTP API 1.3.1: what scripts ask of an Etherpad, they may ask of this hub."""
