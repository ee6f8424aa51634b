"""Memory: how often Python looks for what nobody needs any more."""

import gc


def spare_collector() -> None:
    """Let the garbage collector pass over what stays, and look less often at what a page makes.

    An import or a day page makes thousands of small values at once; looking through all modules and tables
    again and again meanwhile was a quarter of an import's time, and every tenth change of a story took
    half as long again.
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
