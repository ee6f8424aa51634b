"""What a browser says it is, in the words of people: `Firefox on Linux`."""

from hub.language import gettext

_BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"), ("Whale/", "Whale"),
    ("Vivaldi/", "Vivaldi"), ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"), ("Chrom", "Chrome"),
    ("CriOS/", "Chrome"), ("Safari/", "Safari"), ("Lynx/", "Lynx"), ("w3m/", "w3m"), ("curl/", "curl"),
)  # fmt: skip
"""Signs and names. Most claim to be others as well, so the one that claims least stands first."""

_SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("CrOS", "ChromeOS"),
    ("Windows", "Windows"), ("Macintosh", "macOS"), ("BSD", "BSD"), ("Linux", "Linux"),
)  # fmt: skip
_LONGEST = 60


def told(agent: str) -> str:
    """Return what a User-Agent header means; what is not known as it was sent, cut; nothing for nothing."""
    browser = next((name for sign, name in _BROWSERS if sign in agent), "")
    system = next((name for sign, name in _SYSTEMS if sign in agent), "")
    if browser and system:
        return gettext("%(browser)s on %(system)s", browser=browser, system=system)
    return browser or agent[:_LONGEST]
