"""The promises, each proved with real servers, real clients, real processes and real faults.

ledger      what was said, numbered, and how it compares with what is found
talk        a sender that keeps talking and keeps its ledger
reading     what the archive's pages give back
watcher     what anybody could see while it happened

archives    one channel's archive as its readers see it: lines, gaps, anchors
following   readers who remember every line that they were ever shown, with its id and anchor
talking     somebody who talks without end, and knows what was said when
"""
