# Targets: one stage with what comes before it, as `snakemake checks`. (`--until` would stop at the checkpoint of the scan.)
#
# requires: nothing by itself
# produces: what the stage makes; from `tables` on, an error if all of something was lost
# config:   none

TABLES = [*rules.ingest.output.keys(), *rules.resolve.output.keys()]
MADE_LAST = {"tables": [], "exports": RUN.exports(), "catalogue": [PLACES.catalogue, PLACES.summary]}
MADE_LAST["all"] = [*MADE_LAST["catalogue"], *MADE_LAST["exports"]]


rule promised:
    input:
        RUN.tables(rules.ingest.output.keys()),


rule media:
    input:
        [PLACES.media_lists(slug) for slug in RUN.roots],


rule checks:
    input:
        RUN.checks_of(RUN.roots),


rule tables:
    input:
        RUN.tables(TABLES),
        PLACES.losses("tables"),


rule exports:
    input:
        MADE_LAST["exports"],
        PLACES.losses("exports"),


rule catalogue:
    input:
        MADE_LAST["catalogue"],
        PLACES.losses("catalogue"),
