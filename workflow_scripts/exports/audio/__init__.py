"""Sound as exports write it: clips cut out of their media, brought to a form, encoded."""
