"""One module a scheme of addresses, found by its name: what a server tells of a file, and what lies below a place.

Each has `resolve(address) -> RemoteFile`, and `below(address) -> Iterator[ListedFile]` where its places can be listed.
"""
