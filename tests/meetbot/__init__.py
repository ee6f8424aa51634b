"""Tests of the meetings: the machine, the minutes, the command."""
