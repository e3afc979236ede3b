"""Run where pandas is: clips and texts of packed tables, as JSON. Arguments: a CSV, JSON lines."""

import json
import sys

import pandas

tables = {
    "csv": pandas.read_csv(sys.argv[1], keep_default_na=False),
    "jsonl": pandas.read_json(sys.argv[2], lines=True),
}
print(json.dumps({form: table.set_index("clip_id")["text"].to_dict() for form, table in tables.items()}))
