"""Worker processes that may crash, hang or ask for too much memory without harm to who asks them."""
