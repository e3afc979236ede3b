# Targets: one stage with what comes before it, as `snakemake checks`. (`--until` would stop at the checkpoint of the scan.)
#
# requires: nothing by itself
# produces: what the stage makes; where labels are read, an error if all of something was lost
# config:   none

# What no target names is not made again when it is gone.
FIRST = [*RUN.waited_for(), *RUN.scans(), *RUN.tables(rules.ingest.output.keys())]
TABLES = [*rules.ingest.output.keys(), *rules.resolve.output.keys()]
OF_JUDGEMENTS = [
    *RUN.tables_of_judgements("reviews", rules.read_reviews.output.keys()),
    *RUN.tables_of_judgements("predictions", rules.read_predictions.output.keys()),
]
LEDGER = [
    *RUN.waited_for(),
    *RUN.scans(),
    *RUN.tables(TABLES),  # one that was deleted is made again
    *RUN.tables_of_care(rules.assign_splits.output.keys()),
    *RUN.tables_of_windows(rules.gather_windows.output.keys()),
    *RUN.tables_of_years(rules.tell_years.output.keys()),
    *RUN.tables_of_fit(rules.gather_fit.output.keys()),
    *RUN.tables_of_pairs(rules.pair_images.output.keys()),
    *RUN.tables_of_matches(MATCHED),
    *RUN.foreign_clips(),
    *RUN.tables_of_derived(OF_SCENES_MADE),
    *[PLACES.scenes_made(name) for name in RUN.derived()],
    *OF_JUDGEMENTS,
    *WEIGHED,
]
MADE_LAST = {"promised": [], "tables": [], "exports": RUN.exports(), "catalogue": RUN.catalogue()}
MADE_LAST["report"] = RUN.reports()
MADE_LAST["all"] = [*MADE_LAST["catalogue"], *MADE_LAST["exports"], *(MADE_LAST["report"] if RUN.report else [])]
# What tells of losses by then.
OF_SOURCES = ["rejects", "sources"]
TOLD_BY = {stage: [*OF_SOURCES, "promised", "clips", "orphans", "roots"] for stage in MADE_LAST} | {
    "promised": OF_SOURCES
}
KEYS_TOLD = {stage: RUN.all_with_judgements() for stage in MADE_LAST} | {"promised": {}}
TOLD_BY_JUDGEMENTS = {
    stage: [table for key in keys for table in RUN.tables_of_judgements(key, OF_SOURCES)]
    for stage, keys in KEYS_TOLD.items()
}
REJECTS_OF_ROOTS = {stage: [PLACES.root_rejects(slug) for slug in RUN.roots] for stage in MADE_LAST} | {"promised": []}


rule promised:
    input:
        RUN.tables(rules.ingest.output.keys()),
        PLACES.losses("promised"),


rule media:
    input:
        RUN.waited_for(),
        RUN.scans(),


rule checks:
    input:
        RUN.waited_for(),
        RUN.scans(),
        checks_of(RUN.roots),


rule tables:
    input:
        LEDGER,
        PLACES.losses("tables"),


rule exports:
    input:
        FIRST,
        MADE_LAST["exports"],
        PLACES.losses("exports"),


rule deliver:
    input:
        FIRST,
        accounts_of_deliveries,


rule catalogue:
    input:
        FIRST,
        MADE_LAST["catalogue"],
        PLACES.losses("catalogue"),


rule pictures:
    input:
        expand(PLACES.pictures("{dataset}"), dataset=RUN.datasets),
        PLACES.pictures_of_all,


rule report:
    input:
        FIRST,
        MADE_LAST["catalogue"],
        MADE_LAST["report"],
        PLACES.losses("report"),


rule review:
    input:
        FIRST,
        MADE_LAST["catalogue"],
        [PLACES.review(name) for name in RUN.datasets],
        PLACES.losses("catalogue"),


rule acquire:
    input:
        lambda wildcards: or_stop(RUN.acquired),


rule missing:
    input:
        RUN.waited_for(),
        [of for name in RUN.datasets for of in PLACES.missing(name).values()],
