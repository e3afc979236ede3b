"""A fuzzer: files of every kind that is read, changed at random and given to what reads them (`make fuzz`)."""
