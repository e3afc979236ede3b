# Deliver: finished exports, handed on. Made where it is asked for: `snakemake deliver`.
#
# requires: exports and their accounts; of those that hold sound the plan, whose lists tell of which clips; the ledger,
#           which tells the licence of each; no loss that a dataset file does not allow
# produces: <dataset>/delivered/<export>-<place>.json: what lies at the place now, and what stayed here and why; with
#           dry_run .<export>-<place>.dry_run.json, what would lie there
# config:   dry_run, offline; of the dataset files: deliver, rights

DELIVERED = PLACES.would_be_delivered if RUN.dry_run else PLACES.delivered


rule send:
    """Hand one export on to one place, or say why it stays.

    Done again where the export was made again. What would be sent is told each time it is asked for.
    """
    input:
        export=lambda wildcards: PLACES.account(wildcards.dataset, delivery(wildcards).export),
        plan=ancient(plan_of_delivery),
        clips=ancient(PLACES.table("{dataset}", "clips")),
        losses=PLACES.losses("exports"),
    output:
        account=DELIVERED("{dataset}", "{delivery}"),
    log:
        PLACES.log("send", "{dataset}", "{delivery}"),
    benchmark:
        PLACES.benchmark("send", "{dataset}", "{delivery}")
    conda:
        "../envs/remote.yaml"
    resources:
        mem_mb=growing(2000),
    params:
        order=lambda wildcards: delivery(wildcards).order,
        version=VERSION,
        dry_run=RUN.dry_run,
        offline=RUN.offline,
        note=PLACES.note("send", "{dataset}", "{delivery}"),
    script:
        "../workflow_scripts/send.py"
