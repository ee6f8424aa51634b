"""The pads' benchmarks."""
