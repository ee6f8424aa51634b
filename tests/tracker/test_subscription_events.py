"""Clients of StoryBoard's API ask what happened to what somebody follows, and take it away."""

import json

from tests.tracker.community import Community
from tests.tracker.test_inbox import Inboxes
from tests.tracker.test_storyboard_api import Client
from tracker.readers import add_reader, remove_reader
from tracker.states import Importance
from tracker.stories import StoryEdit, edit_story
from tracker.subscriptions import follow


def test_followers_are_told_what_others_did_until_they_delete_it(community: Community) -> None:
    inboxes = Inboxes(community)
    community.story(by="bob")
    community.task(1, "Mend it", by="cho")
    inboxes.says("cho", 1, "Mine too")
    inboxes.says("bob", 1, "I see")
    inboxes.settle()
    number, bob = community.number("bob"), Client(community, "bob")
    told = bob.get(f"/subscription_events?subscriber_id={number}")
    assert [(each["event_type"], each["author_id"]) for each in told] == [
        ("task_created", community.number("cho")),
        ("user_comment", community.number("cho")),
    ]
    assert json.loads(told[0]["event_info"])["task_title"] == "Mend it"
    assert told[1]["comment"]["content"] == "Mine too"
    assert {"id", "subscriber_id", "created_at", "updated_at"} <= told[0].keys()
    only = bob.get(f"/subscription_events?subscriber_id={number}&event_type=user_comment&limit=1")
    assert only == told[1:]
    path = f"/subscription_events/{told[0]['id']}"
    assert bob.get(path) == told[0]
    for other, status in ((Client(community, "cho"), 403), (Client(community), 401)):
        assert other.ask("GET", path).status_code == status
        assert other.ask("DELETE", path).status_code == status
        whose = f"/subscription_events?subscriber_id={number}"
        assert other.ask("GET", whose).status_code == status
    assert bob.ask("DELETE", path).status_code == 204
    assert bob.ask("GET", path).status_code == 404
    assert bob.get(f"/subscription_events?subscriber_id={number}") == told[1:]


def test_what_is_hidden_from_a_follower_now_is_not_told(community: Community) -> None:
    inboxes = Inboxes(community)
    community.story("A secret", by="bob", is_private=True)
    bob, number = community.actor("bob"), community.number("cho")
    community.does(lambda s, now: add_reader(s, bob, 1, person_id=number, now=now))
    cho = community.actor("cho")
    community.does(lambda s, now: follow(s, cho, "story", 1, now=now))
    inboxes.says("bob", 1, "Look")
    inboxes.settle()
    client = Client(community, "cho")
    path = f"/subscription_events?subscriber_id={number}"
    told = client.get(path)
    assert [each["event_type"] for each in told] == ["story_created", "user_comment"]
    community.does(lambda s, now: remove_reader(s, bob, 1, person_id=number, now=now))
    answer = client.ask("GET", path)
    assert (answer.json(), answer.headers["x-total"]) == ([], "0")
    for each in told:
        assert client.ask("GET", f"/subscription_events/{each['id']}").status_code == 404


def test_what_storyboards_clients_do_not_know_is_not_told_to_them(community: Community) -> None:
    inboxes = Inboxes(community)
    community.story(by="bob")
    cho = community.actor("cho")
    edit = StoryEdit(importance=Importance.HIGH)
    community.does(lambda s, now: edit_story(s, cho, 1, edit, now=now))
    inboxes.settle()
    number, bob = community.number("bob"), Client(community, "bob")
    path = f"/subscription_events?subscriber_id={number}"
    assert bob.get(path) == []
    assert bob.get(f"{path}&event_type=importance_changed") == []
