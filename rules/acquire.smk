# Acquire: a dataset's files from where its file says that they are.
#
# requires: nothing for the stage `sources`; for `audio`, where addresses stand in rows, promised.parquet and origins.parquet
# produces: the files, where the dataset file has them
#           <dataset>/acquired/<stage>.parquet, what became of each; on the way <stage>.plan/, <stage>.fetched/, <stage>.unpacked/
# config:   offline, accept_terms; of the dataset file: acquire, subset


checkpoint plan_fetches:
    """Say what each job of a stage fetches. Addresses of folders are asked for what lies there, for a subset zips too."""
    input:
        said=lambda wildcards: RUN.rows_with_addresses(**wildcards),
    output:
        lists=directory(PLACES.fetch_plan("{dataset}", "{stage}")),
    log:
        PLACES.log("plan_fetches", "{dataset}", "{stage}"),
    conda:
        "../envs/remote.yaml"
    resources:
        mem_mb=growing(4000),
        runtime=growing(60),
    params:
        entries=lambda wildcards: RUN.entries_of_stage(**wildcards),
        match=lambda wildcards: RUN.match_of_members(**wildcards),
        directories=PLACES.kept_directories("{dataset}"),
        version=VERSION,
    script:
        "../workflow_scripts/plan_fetches.py"


rule fetch:
    """Have the files of one list: a large one, or a batch. What was there, or came before a kill, is not fetched again."""
    input:
        plan=ancient(FETCHES.plan),
        list=FETCHES.list_of_job,
    output:
        fetched=PLACES.fetched("{dataset}", "{stage}", "{leaf}"),
    log:
        PLACES.log("fetch", "{dataset}", "{stage}", "{leaf}"),
    benchmark:
        PLACES.benchmark("fetch", "{dataset}", "{stage}", "{leaf}")
    retries: 0  # what may pass was waited for; the next run goes on, and a wrong digest costs one download, not three
    conda:
        "../envs/remote.yaml"
    resources:
        **STARTED.connections_of_hosts(),
        mem_mb=growing(1000),
        runtime=growing(24 * 60),
    params:
        note=PLACES.note("fetch", "{dataset}", "{stage}", "{leaf}"),
        passing=lambda wildcards: PLACES.fetch_passing(**wildcards),
        first_seen=lambda wildcards: PLACES.first_seen(**wildcards),
        asked=lambda wildcards: LOOKS.asked_again(**wildcards),
    script:
        "../workflow_scripts/fetch.py"


rule unpack:
    """Unpack an archive, whole or not at all. Who deletes it afterwards has it neither fetched nor unpacked again."""
    input:
        # A zip in several parts has to be there with all of them; an excerpt that was added to is unpacked once more.
        fetched=ancient(lambda wildcards: [] if RUN.narrows(**wildcards) else FETCHES.made(wildcards)),
        members=lambda wildcards: FETCHES.made(wildcards) if RUN.narrows(**wildcards) else [],
    output:
        unpacked=PLACES.unpacked("{dataset}", "{stage}", "{entry}"),
    log:
        PLACES.log("unpack", "{dataset}", "{stage}", "{entry}"),
    benchmark:
        PLACES.benchmark("unpack", "{dataset}", "{stage}", "{entry}")
    conda:
        "../envs/remote.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(8 * 60),
    params:
        note=PLACES.note("unpack", "{dataset}", "{stage}", "{entry}"),
        entry=lambda wildcards: RUN.entry(**wildcards),
    script:
        "../workflow_scripts/unpack.py"


checkpoint gather_fetches:
    """Put together what became of all files of a stage. A checkpoint: what reads them looks at the disk anew."""
    input:
        plan=FETCHES.plan,  # planned anew, it waits: else what reads roots would not, as Snakemake does not see so far
        fetched=FETCHES.made,
        unpacked=lambda wildcards: RUN.unpacked_in(**wildcards),
    output:
        acquired=PLACES.acquired("{dataset}", "{stage}"),
        entries=PLACES.acquired_entries("{dataset}", "{stage}"),
    log:
        PLACES.log("gather_fetches", "{dataset}", "{stage}"),
    conda:
        "../envs/tables.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(20),
    params:
        entries=lambda wildcards: RUN.brought_by_stage(**wildcards),
    script:
        "../workflow_scripts/gather_fetches.py"
