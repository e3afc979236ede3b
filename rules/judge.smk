# Judging: what several reviewers say of the same clips, held against each other.
#
# requires: <dataset>/tables/reviews.parquet
# produces: <dataset>/tables/agreement.parquet, of datasets whose file names reviews
# config:   of the dataset file: reviews


WEIGHED = [PLACES.table(name, "agreement") for name in RUN.with_judgements("reviews")]


rule judge:
    """Say how far reviewers agree. The ledger stays as it is: it has what most of them say."""
    input:
        reviews=rules.resolve.output.reviews,
    output:
        agreement=PLACES.table("{dataset}", "agreement"),
    log:
        PLACES.log("judge", "{dataset}"),
    benchmark:
        PLACES.benchmark("judge", "{dataset}")
    conda:
        "../envs/judging.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(20),
    params:
        version=VERSION,
    script:
        "../workflow_scripts/judge.py"
