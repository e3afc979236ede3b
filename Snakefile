# Soundledger: labels, an ontology and audio as they are found -> tables that can be trusted.
#
#   sources ── ingest ──▶ clips, labels, classes, rejects ──┐
#   roots ──── scan ────▶ media ── check ──▶ checks ────────┴─ resolve ──▶ ledger ──┬─▶ exports
#                                                                                   └─▶ catalogue, summary
from snakemake.utils import min_version

min_version("9.27")


configfile: "config/config.yaml"


include: "rules/common.smk"
include: "rules/sample.smk"
include: "rules/ingest.smk"
include: "rules/scan.smk"
include: "rules/check.smk"
include: "rules/resolve.smk"
include: "rules/export.smk"
include: "rules/catalogue.smk"


# The jobs of a cluster are the shards of `check`. All others are quick, and run where Snakemake runs.
localrules:
    make_sample,
    ingest,
    scan,
    resolve,
    export,
    build_catalogue,


wildcard_constraints:
    dataset=r"[a-z0-9_]+",
    root=r"[A-Za-z0-9_-]+",
    shard=r"\d{4}",
    format=r"[a-z0-9_]+",


rule all:
    default_target: True
    input:
        catalogue=rules.build_catalogue.output.catalogue,
        summary=rules.build_catalogue.output.summary,
        exports=export_folders(),
        tables=all_tables(),
        checks=checks_of(RUN.roots),


check_names_of_overrides()


onstart:
    wait_for_earlier_jobs()
    write_run_file()


onsuccess:
    print(summary_of_run(), end="")


onerror:
    cancel_rest_of_jobs()
    tell_failures()
