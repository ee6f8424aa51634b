"""Changes of many stories at once: seen before they are made, and undone afterwards."""
