# Derive: new datasets out of old ones. What is made is a dataset like any other, by its plan and its root.
#
# requires: the tables and checks of the datasets that it is made of
# produces: <dataset>/derived/plan/{scenes,parts,augmentations,heard,classes}.parquet, some of which ingest reads;
#           <dataset>/audio, its root, and <dataset>/stems; <dataset>/tables/{scenes,parts,augmentations}.parquet;
#           on the way derived/.plan/<leaf>.parquet and derived/.packs/<leaf>
# config:   of the dataset file: derive


OF_SCENES_MADE = ("scenes", "parts", "augmentations")
OF_SCENES = (*OF_SCENES_MADE, "heard", "classes")


checkpoint plan_scenes:
    """Say what each scene is made of, and what goes into each pack of them.

    A checkpoint, so that Snakemake looks at the lists anew when it is done, as with the packs of exports.
    """
    input:
        tables=tables_derived_from,
        checks=checks_of(lambda wildcards: RUN.roots_derived_from(wildcards.dataset)),
    output:
        **{name: PLACES.recipe("{dataset}", name) for name in OF_SCENES},
        lists=directory(PLACES.scene_lists("{dataset}")),
    log:
        PLACES.log("plan_scenes", "{dataset}"),
    benchmark:
        PLACES.benchmark("plan_scenes", "{dataset}")
    conda:
        "../envs/scenes.yaml"
    resources:
        mem_mb=growing(8000),
        runtime=growing(60),
    params:
        derive=lambda wildcards: dataset(wildcards).derive,
        file=lambda wildcards: dataset(wildcards).file,
        roots=lambda wildcards: {name: list(RUN.datasets[name].audio) for name in dataset(wildcards).derived_from},
        of_some=lambda wildcards: RUN.of_some(dataset(wildcards).derived_from),
        results=lambda wildcards: PLACES.results,
        version=VERSION,
    script:
        "../workflow_scripts/plan_scenes.py"


rule render:
    """Make the sound of some scenes: the part that takes time, and that all cores share."""
    input:
        lists=ancient(SCENES.plan),  # its list tells whether something of it changed
        list=SCENES.list_of_job,
    output:
        account=PLACES.scene_pack("{dataset}", "{leaf}"),
    log:
        PLACES.log("render", "{dataset}", "{leaf}"),
    benchmark:
        PLACES.benchmark("render", "{dataset}", "{leaf}")
    conda:
        "../envs/scenes.yaml"
    resources:
        mem_mb=growing(3000),
        runtime=growing(120),
    script:
        "../workflow_scripts/render.py"


rule gather_scenes:
    """Put together what was made: the root of the dataset, and what is known of its scenes."""
    input:
        **{name: PLACES.recipe("{dataset}", name) for name in OF_SCENES_MADE},
        packs=SCENES.made,
    output:
        **{name: PLACES.table("{dataset}", name) for name in OF_SCENES_MADE},
        account=PLACES.scenes_made("{dataset}"),
    log:
        PLACES.log("gather_scenes", "{dataset}"),
    benchmark:
        PLACES.benchmark("gather_scenes", "{dataset}")
    conda:
        "../envs/audio.yaml"
    resources:
        mem_mb=growing(4000),
        runtime=growing(60),
    params:
        folders=lambda wildcards: RUN.folders_of_scenes(**wildcards),
        packs=lambda wildcards: PLACES.scene_pack(wildcards.dataset, "x"),
        version=VERSION,
    script:
        "../workflow_scripts/gather_scenes.py"
