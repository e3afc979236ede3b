# Soundledger: labels, an ontology and audio as they are found -> tables that can be trusted.
#
#   addresses ─ acquire ─▶ sources, roots
#   sources ── ingest ──▶ promised, labels, classes, rejects ┬── read_reviews, read_predictions
#   roots ──── scan ────▶ media ── check ──▶ checks ────────┴─ resolve ──▶ clips ──┬─▶ exports
#       assign_splits, measure_windows, score_captions, pair_images, match_sounds ─┤
#                                                                                  └─▶ catalogue, summary
from snakemake.utils import min_version

min_version("9.27")


configfile: "config/config.yaml"


include: "rules/common.smk"
include: "rules/sample.smk"
include: "rules/acquire.smk"
include: "rules/ingest.smk"
include: "rules/read_said.smk"
include: "rules/scan.smk"
include: "rules/check.smk"
include: "rules/resolve.smk"
include: "rules/missing.smk"
include: "rules/assign_splits.smk"
include: "rules/derive.smk"
include: "rules/pair_images.smk"
include: "rules/match.smk"
include: "rules/judge.smk"
include: "rules/windows.smk"
include: "rules/fit.smk"
include: "rules/export.smk"
include: "rules/catalogue.smk"
include: "rules/report.smk"
include: "rules/review.smk"
include: "rules/losses.smk"
include: "rules/deliver.smk"
include: "rules/targets.smk"


# All else runs on a cluster, if there is one; the network is here.
localrules:
    make_sample,
    plan_fetches,
    fetch,
    unpack,
    gather_fetches,
    build_catalogue,
    losses,
    send,


wildcard_constraints:
    dataset=r"[a-z0-9_]+",
    root=r"[A-Za-z0-9_-]+",
    shard=r"[01]+|all",
    export=r"[a-z0-9_]+",
    delivery=r"[A-Za-z0-9_-]+",
    leaf=r"([^/]+-)?([01]+|all)",
    stage=r"[a-z]+",
    entry=r"\d+",


rule all:
    default_target: True
    input:
        LEDGER,
        MADE_LAST["all"],
        checks_of(RUN.roots),
        PLACES.losses("all"),


for rule_file in RUN.custom_rules:

    include: rule_file


or_stop(STARTED.check_overrides, workflow.resource_settings)
or_stop(RUN.refuse_offline)


if workflow.is_main_process:  # the jobs of a cluster look at nothing
    STARTED.tell_what_is_left_out()
    STARTED.heal(CATALOGUED)


onstart:
    or_stop(STARTED.begin)
    STARTED.lift_limit_of_no_time()
    LOOKS.choose()


onsuccess:
    STARTED.tidy()
    print(STARTED.told_at_end(), end="")


onerror:
    STARTED.end_with_error(workflow.scheduler.failed)
