"""`scripts/bench`: runs the benchmarks of a domain and prints a table of figures."""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from benchmarks import importing, ingesting, living, meeting, paging, rendering, searching, tracking
from benchmarks.figures import Figure, table
from benchmarks.machine import load, machine
from benchmarks.pads import fanning, many, past

Measure = Callable[[Path, bool], Sequence[Figure]]

ARCHIVE: Mapping[str, Measure] = {
    "render": lambda folder, quick: rendering.figures(
        folder, rendering.QUICK if quick else rendering.FULL
    ),
    "import": lambda folder, quick: importing.figures(
        folder, importing.QUICK if quick else importing.FULL
    ),
    "ingest": lambda folder, quick: ingesting.figures(
        folder, ingesting.QUICK if quick else ingesting.FULL
    ),
    "live": lambda folder, quick: living.figures(folder, living.QUICK if quick else living.FULL),
    "page": lambda folder, quick: paging.figures(folder, paging.QUICK if quick else paging.FULL),
}
"""The archive's benchmarks, by name."""

MEETINGS: Mapping[str, Measure] = {
    "meetings": lambda folder, quick: meeting.figures(
        folder, meeting.QUICK if quick else meeting.FULL
    ),
}
"""The meetings' benchmarks, by name."""

SEARCH: Mapping[str, Measure] = {
    "search": lambda folder, quick: searching.figures(
        folder, searching.QUICK if quick else searching.FULL
    ),
}
"""The search's benchmarks, by name."""

LARGE: Mapping[str, Measure] = {
    "large": lambda folder, quick: searching.figures(
        folder, searching.QUICK if quick else searching.LARGE
    ),
}
"""The search's benchmark over ten million lines, which takes an hour or so."""

TRACKER: Mapping[str, Measure] = {
    "tracker": lambda folder, quick: tracking.figures(
        folder, tracking.QUICK if quick else tracking.FULL
    ),
}
"""The tracker's benchmarks, by name."""

PADS: Mapping[str, Measure] = {
    "fan-out": lambda folder, quick: fanning.figures(
        folder, fanning.QUICK if quick else fanning.FULL
    ),
    "past": lambda folder, quick: past.figures(folder, past.QUICK if quick else past.FULL),
    "many": lambda folder, quick: many.figures(folder, many.QUICK if quick else many.FULL),
}
"""The pads' benchmarks, by name."""

DOMAINS = {
    "archive": ARCHIVE,
    "meetings": MEETINGS,
    "pads": PADS,
    "search": SEARCH,
    "search-large": LARGE,
    "tracker": TRACKER,
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run what is asked for; the exit status is 1 when a target is not met."""
    parser = _parser()
    args = parser.parse_args(argv)
    known = DOMAINS[args.domain]
    if args.only and not known.keys() >= set(args.only):
        parser.error(f"{args.domain} has {', '.join(known)}")
    chosen = args.only or list(known)
    with tempfile.TemporaryDirectory(prefix="madang-bench-", dir=args.folder) as folder:
        about = {"machine": machine(Path(folder)), "load before": round(load(), 2)}
        figures: list[Figure] = []
        for name in chosen:
            print(f"measuring: {name}", file=sys.stderr, flush=True)
            place = Path(folder, name)
            place.mkdir()
            figures += known[name](place, args.quick)
    print("\n".join(f"{key}: {value}" for key, value in about.items()))
    print(f"\n{table(figures)}")
    if args.json:
        told = about | {"quick": args.quick, "figures": [f.as_json() for f in figures]}
        args.json.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    return 1 if any(figure.is_met is False for figure in figures) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scripts/bench")
    parser.add_argument("domain", choices=list(DOMAINS))
    parser.add_argument("--quick", action="store_true", help="small sizes: a look, no figures")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all runs there too")
    parser.add_argument("--only", action="append", metavar="NAME", help="may be repeated")
    parser.add_argument(
        "--folder", type=Path, help="where temporary files go: figures depend on its disk"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
