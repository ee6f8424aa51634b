"""Taking in what other trackers kept: from a StoryBoard by its API."""
