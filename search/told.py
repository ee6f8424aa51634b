"""What was found, as JSON tells it."""

from typing import Any

from hub.app import App
from search.finding import Found, Group, Hit


def told(app: App, found: Found) -> dict[str, Any]:
    """Return the results as /search.json and `madang search --json` give them."""
    return {
        "query": found.query.text,
        "total": found.total,
        "order": str(found.query.first),
        "all_words": not found.is_wide,
        "problems": [
            {"problem": p.sentence, "guess": p.guess or None} for p in found.query.problems
        ],
        "did_you_mean": found.better or None,
        "index": {"state": str(found.state), "done": round(found.done, 3)},
        "facets": {
            name: [{"value": value, "count": count} for value, count in values]
            for name, values in found.facets.items()
        },
        "groups": [_group(app, group) for group in found.groups],
        "next_offset": found.next_offset,
    }


def _group(app: App, group: Group) -> dict[str, Any]:
    return {
        "where": group.where,
        "day": group.day.isoformat(),
        "more": group.more,
        "hits": [_hit(app, hit) for hit in group.hits],
    }


def _hit(app: App, hit: Hit) -> dict[str, Any]:
    return {
        "ref": hit.ref,
        "kind": hit.kind,
        "title": hit.title,
        "url": app.config.public_url + hit.url,
        "at": hit.at.isoformat(),
        "who": hit.who,
        "where": hit.where,
        "excerpt": [{"text": p.text, "marked": p.marked} for p in hit.pieces],
        "around": [
            {
                "who": said.who,
                "at": said.at.isoformat(),
                "text": "".join(piece.text for piece in said.pieces),
                "is_hit": said.is_it,
            }
            for said in hit.around
        ],
    }
