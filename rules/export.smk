# Export: what a training run reads.
#
# requires: the tables of the dataset and the checks of its roots, as far as the format needs them; the accounts of the
#           dataset's other exports, where it tells of these
# produces: <dataset>/exports/<name>, a link to the folder of its last generation, and <name>.account.json; on the way,
#           where the format makes packs, .<name>.plan/<leaf>.parquet and .<name>.packs/<leaf>
# config:   of the dataset file: exports: their options, licences, subset and split_by; rights and limits, and what
#           config/registry.yaml knows, where the format tells of the dataset


checkpoint plan:
    """Say what goes into each pack of an export.

    A checkpoint, so that Snakemake looks at the lists anew when it is done: a pack whose list has the same bytes as
    before is not made again.
    """
    input:
        tables=lambda wildcards: RUN.tables_of_export(**wildcards),
        checks=checks_of(lambda wildcards: RUN.roots_of_export(**wildcards)),
    output:
        lists=directory(PLACES.plan("{dataset}", "{export}")),
    log:
        PLACES.log("plan", "{dataset}", "{export}"),
    benchmark:
        PLACES.benchmark("plan", "{dataset}", "{export}")
    conda:
        "../envs/audio.yaml"
    resources:
        mem_mb=growing(8000),
        runtime=growing(20),
    params:
        format=lambda wildcards: export(wildcards).format,
        options=lambda wildcards: export(wildcards).options,
        taking=lambda wildcards: export(wildcards).taking,
        tables=lambda wildcards: export(wildcards).tables,
        version=VERSION,
        roots=lambda wildcards: RUN.roots_of_export(**wildcards),
        check=RUN.check,
    script:
        "../workflow_scripts/plan.py"


rule pack:
    """Make one pack of an export: the part that takes time, and that all cores share."""
    input:
        plan=ancient(PACKS.plan),  # its list tells whether something of it changed
        list=PACKS.list_of_job,
    output:
        account=PLACES.pack("{dataset}", "{export}", "{leaf}"),
    log:
        PLACES.log("pack", "{dataset}", "{export}", "{leaf}"),
    benchmark:
        PLACES.benchmark("pack", "{dataset}", "{export}", "{leaf}")
    conda:
        "../envs/audio.yaml"
    resources:
        mem_mb=growing(4000),
        runtime=growing(120),
    params:
        format=lambda wildcards: export(wildcards).format,
    script:
        "../workflow_scripts/pack.py"


rule export:
    """Write one export of a dataset, and switch its link to it; its format is a folder of workflow_scripts/exports."""
    input:
        tables=lambda wildcards: RUN.tables_of_export(**wildcards),
        checks=checks_of(lambda wildcards: RUN.roots_of_export(**wildcards)),
        plan=PACKS.plan,
        packs=PACKS.made,
        others=others_of,
    output:
        account=PLACES.account("{dataset}", "{export}"),
    log:
        PLACES.log("export", "{dataset}", "{export}"),
    benchmark:
        PLACES.benchmark("export", "{dataset}", "{export}")
    conda:
        "../envs/audio.yaml"
    resources:
        mem_mb=growing(8000),
        runtime=growing(20),
    params:
        format=lambda wildcards: export(wildcards).format,
        options=lambda wildcards: export(wildcards).options,
        taking=lambda wildcards: export(wildcards).taking,
        tables=lambda wildcards: export(wildcards).tables,
        version=VERSION,
        roots=lambda wildcards: RUN.roots_of_export(**wildcards),
        check=RUN.check,
        about=lambda wildcards: RUN.about_of_export(**wildcards),
        others=lambda wildcards: RUN.others_of_export(**wildcards),
        link=lambda wildcards: PLACES.export(wildcards.dataset, wildcards.export),
        place=os.path.abspath(PLACES.results),  # manifests may name absolute paths: a folder that was moved needs new ones
    script:
        "../workflow_scripts/export.py"
