"""Real servers, clients and faults for the tests, each as a small class.

Every class is a context manager: what it started ends with the `with`, also when the test fails.

    process     a program of ours: start, stop, kill, pause, resume; ends by its process group
    ports       free ports, claimed so that parallel test runs never pick the same one
    deadline    wait for a condition instead of sleeping
    programs    what has to be installed, and what happens where it is not
    tls         self-signed certificates
    ngircd, inspircd, atheme, znc    IRC servers, services and a bouncer
    ircuser     a scripted IRC user; irssi, weechat: real clients
    postgres    a database server
    chaos       a TCP proxy that cuts, stalls, delays and dribbles
    powercut    a file system that forgets what was not synced (forgetful: its inside)
    browser     Chromium, with the accessibility checks of axe
    madang      the program under test
"""
