"""How many files and sockets the process may have open: as many as the system lets it.

The usual soft limit of 1,024 is one visitor with idle connections away, and then the bot can't
reconnect and the database can't be opened either.
"""

import resource

_ENOUGH = 65_536


def raise_limit() -> int:
    """Raise the soft limit towards the hard one; return what it is now."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _ENOUGH if hard == resource.RLIM_INFINITY else min(_ENOUGH, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        except (OSError, ValueError):  # macOS has a lower limit that it does not tell
            return soft
        return wanted
    return soft
