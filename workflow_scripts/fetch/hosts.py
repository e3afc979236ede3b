"""What the hosts of addresses are called in names of jobs and resources. Imported at every parse: it stays light."""

import re
from urllib.parse import urlsplit

ROWS = "rows"
"""What stands in place of a host where a dataset's own rows say addresses: no host has this name."""


def host_slug(address: str) -> str:
    """The host of an address of the web, or the scheme of another.

    >>> host_slug("https://zenodo.org/records/1/files/a.zip"), host_slug("zenodo:1/a.zip")
    ('zenodo_org', 'zenodo')
    >>> host_slug("http://rows/a.zip")
    'rows_'
    """
    scheme = address.partition(":")[0].lower()
    try:
        name = urlsplit(address).hostname if scheme in ("http", "https") else scheme
    except ValueError:
        name = None
    slug = re.sub(r"[^a-z0-9]", "_", name or "none")
    return f"{slug}_" if slug == ROWS else slug
