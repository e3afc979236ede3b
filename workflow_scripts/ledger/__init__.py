"""The ledger: which media serves which clip (naming), what its status is (status), and all of it put together (resolve)."""
