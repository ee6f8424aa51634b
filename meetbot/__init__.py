"""Meetings on IRC: MeetBot's commands to minutes that are right. A pure machine, with I/O at its edge."""
