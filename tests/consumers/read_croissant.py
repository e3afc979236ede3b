"""Run where mlcroissant is: what it says of a croissant.json and reads by it, as JSON. Arguments: that, a split."""

import contextlib
import io
import json
import logging
import sys

import mlcroissant

heard = io.StringIO()
logging.getLogger().addHandler(logging.StreamHandler(heard))
with contextlib.redirect_stderr(heard):
    dataset = mlcroissant.Dataset(jsonld=sys.argv[1])
issues = dataset.metadata.ctx.issues


def plain(value):
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value


def rows(record_set, filters=None):
    return [{key: plain(value) for key, value in row.items()} for row in dataset.records(record_set, filters)]


sets = {one.uuid: one for one in dataset.metadata.record_sets}
records = {name: rows(name) for name in sets}
of_split = {}
for name, one in sets.items():
    if not one.data and any(field.id == f"{name}/split" for field in one.fields):
        fresh = mlcroissant.Dataset(jsonld=sys.argv[1])  # a filter changes what the next one reads
        of_split[name] = len(list(fresh.records(name, {f"{name}/split": sys.argv[2]})))
told = {
    "errors": sorted(issues.errors),
    "warnings": sorted(issues.warnings),
    "heard": heard.getvalue(),
    "records": records,
    "of_split": of_split,
}
print(json.dumps(told, default=str))
