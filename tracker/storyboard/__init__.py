"""StoryBoard's REST API, as its clients know it: the same addresses, objects, headers and errors."""
