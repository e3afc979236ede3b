"""Archives unpacked safely: whole or not at all, within bounds, and nowhere but below the folder that was named.

One module a kind of archive, each with `members_into(archive, beside)`: it gives what it finds to a `Beside`, which
alone writes, and refuses what no honest archive holds.
"""
