# Catalogue: everything in SQL, and the table that the run ends with.
#
# requires: all tables of all datasets, media, checks and rejects of all roots
# produces: catalog.duckdb, summary.txt
# config:   datasets


rule build_catalogue:
    """Build the catalogue of views and the summary.

    The catalogue is marked update(), so that Snakemake does not delete it before: who asks it keeps being answered
    until the new one takes its place. A job that fails leaves an update() output behind as if it were current;
    the summary, which is deleted then, is what makes the next run do it again.
    """
    input:
        tables=tables_of_summary(),
        checks=checks_of(RUN.roots),
        rejects=expand(f"{RUN.results}/audio/{{root}}/tables/rejects.parquet", root=RUN.roots),
    output:
        catalogue=update(f"{RUN.results}/catalog.duckdb"),
        summary=f"{RUN.results}/summary.txt",
    log:
        f"{RUN.results}/logs/build_catalogue.log",
    benchmark:
        f"{RUN.results}/benchmarks/build_catalogue.jsonl"
    conda:
        "../envs/tables.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(20),
    params:
        datasets={name: f"{RUN.results}/{name}/tables" for name in RUN.datasets},
        roots={slug: (f"{RUN.results}/audio/{slug}", root.shards) for slug, root in RUN.roots.items()},
        holds={name: list(dataset.holds) for name, dataset in RUN.datasets.items()},
        place=os.path.abspath(RUN.results),  # the views name absolute paths: a folder that was moved needs new ones
    script:
        "../workflow_scripts/build_catalogue.py"
