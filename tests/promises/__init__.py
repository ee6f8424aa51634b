"""The promises of the README, each proven against real servers, crashes and cuts.

ledger     what was said, numbered, and how it compares with what is found
talk       a sender that keeps talking and keeps its ledger
reading    what the archive's pages give back
watcher    what anybody could see while it happened
"""
