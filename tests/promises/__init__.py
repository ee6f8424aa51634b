"""The promises, each proved with real servers, real clients, real processes and real faults.

archives    one channel's archive as its readers see it: lines, gaps, anchors
following   readers who remember every line that they were ever shown, with its id and anchor
talking     somebody who talks without end, and knows what was said when
"""
