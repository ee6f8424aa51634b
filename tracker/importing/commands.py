"""`madang import storyboard`, `launchpad`, `github`, `projects`; what does the work is loaded only then."""

import argparse
from pathlib import Path

from hub.module import Menus


def add_imports(menus: Menus) -> None:
    """Add what takes in other trackers' stories and projects."""
    board = menus.imports.add_parser("storyboard", help="take in a whole StoryBoard, ids kept")
    board.add_argument("source", metavar="URL-or-DIR", help="its address, or a folder of answers")
    board.add_argument("--token-env", metavar="V", help="the variable with a token to read with")
    board.set_defaults(run=_storyboard)
    bugs = menus.imports.add_parser("launchpad", help="take in bugs of Launchpad, numbers kept")
    bugs.add_argument(
        "file", type=Path, metavar="FILE", help="JSON of its API: bugs with all in them"
    )
    bugs.set_defaults(run=_launchpad)
    issues = menus.imports.add_parser("github", help="take in issues of GitHub")
    issues.add_argument("file", type=Path, metavar="FILE", help="JSON of gh issue list or its API")
    issues.add_argument(
        "--first", type=int, default=0, metavar="N", help="what is added to their numbers"
    )
    issues.set_defaults(run=_github)
    listed = menus.imports.add_parser("projects", help="take in the projects of a projects.yaml")
    listed.add_argument("file", type=Path, metavar="FILE", help="OpenStack's projects.yaml")
    listed.add_argument(
        "--all", action="store_true", help="those as well that do not say use-storyboard"
    )
    listed.set_defaults(run=_projects)


def _storyboard(args: argparse.Namespace) -> int:
    from tracker.importing.moving import move_in

    return move_in(args)


def _launchpad(args: argparse.Namespace) -> int:
    from tracker.importing.moving import move_bugs

    return move_bugs(args)


def _github(args: argparse.Namespace) -> int:
    from tracker.importing.moving import move_issues

    return move_issues(args)


def _projects(args: argparse.Namespace) -> int:
    from tracker.importing.projects_yaml import take_file

    return take_file(args)
