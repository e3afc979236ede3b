# Losses: a loss that is total or lopsided is never a success.
#
# requires: tables of all datasets, rejects of all roots, but of the target `promised` what ingest makes alone; all else
#           that a target makes, so that this comes last
# produces: .losses/<target>.txt, the losses that dataset files allow; nothing if there are others
# config:   of the dataset files: allow_loss, max_rejected_fraction


rule losses:
    """Fail if all of something was lost, and no dataset file allows it. What is left has been made by then."""
    input:
        made=lambda wildcards: MADE_LAST[wildcards.stage],
        tables=lambda wildcards: RUN.tables(TOLD_BY[wildcards.stage]),
        rejects=lambda wildcards: REJECTS_OF_ROOTS[wildcards.stage],
        judgements=lambda wildcards: TOLD_BY_JUDGEMENTS[wildcards.stage],
    output:
        allowed=PLACES.losses("{stage}"),
    log:
        PLACES.log("losses", "{stage}"),
    benchmark:
        PLACES.benchmark("losses", "{stage}")
    retries: 0
    conda:
        "../envs/tables.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(20),
    params:
        datasets={name: RUN.losses_of(name) for name in RUN.datasets},
        tables=lambda wildcards: TOLD_BY[wildcards.stage],
        judgements=lambda wildcards: KEYS_TOLD[wildcards.stage],
        left_out=list(RUN.left_out),
        results=lambda wildcards, output: os.path.dirname(os.path.dirname(output.allowed)),
    script:
        "../workflow_scripts/losses.py"
