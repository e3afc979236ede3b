# Targets: one stage with what comes before it, as `snakemake checks`. (`--until` would stop at the checkpoint of the scan.)
#
# requires: nothing by itself
# produces: what the stage makes
# config:   none


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
        RUN.tables([*rules.ingest.output.keys(), *rules.resolve.output.keys()]),


rule exports:
    input:
        RUN.exports(),


rule catalogue:
    input:
        PLACES.catalogue,
        PLACES.summary,
