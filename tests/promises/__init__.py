"""The promises, each proved with real servers, real clients, real processes and real faults.

reading     the archive as its readers see it, over HTTP
following   readers who remember every line that they were ever shown
talking     somebody who talks without end, and knows what was said when
"""
