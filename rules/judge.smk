# Judging: what several reviewers say of the same clips, held against each other; what models say, against labels.
#
# requires: <dataset>/tables/{reviews,predictions,labels}.parquet
# produces: <dataset>/tables/agreement.parquet, of datasets whose file names reviews
#           <dataset>/tables/label_issues.parquet, of datasets whose file names predictions
# config:   of the dataset file: reviews, predictions

WEIGHED = [
    *[PLACES.table(name, "agreement") for name in RUN.with_judgements("reviews")],
    *[PLACES.table(name, "label_issues") for name in RUN.with_judgements("predictions")],
]


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


rule doubt_labels:
    """Say which labels a model doubts, and which it misses."""
    input:
        predictions=rules.read_predictions.output.predictions,
        labels=rules.ingest.output.labels,
    output:
        label_issues=PLACES.table("{dataset}", "label_issues"),
    log:
        PLACES.log("doubt_labels", "{dataset}"),
    benchmark:
        PLACES.benchmark("doubt_labels", "{dataset}")
    conda:
        "../envs/judging.yaml"
    resources:
        mem_mb=growing(4000),
        runtime=growing(60),
    params:
        version=VERSION,
    script:
        "../workflow_scripts/doubt_labels.py"
