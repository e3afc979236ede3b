# Report: what there is of a dataset, to be looked at. Made where it is asked for: `snakemake pictures`.
#
# requires: catalog.duckdb, and the generation that it speaks of
# produces: <dataset>/report/pictures: <picture>.svg and <picture>.png of each, pictures.json, which tells what each
#           shows; report/pictures, the same of all datasets side by side. Those that show something are in
#           `snakemake pictures --report report.html`
# config:   none


rule draw:
    """Draw the pictures of a dataset; each is a module of workflow_scripts/report/pictures."""
    input:
        catalogue=PLACES.catalogue,
        generation=PLACES.current_generation,
    output:
        pictures=report(
            directory(PLACES.pictures("{dataset}")),
            patterns=["{picture}.svg"],
            caption="../workflow_scripts/report/caption.rst",
            category=category_of_picture,
            subcategory="{dataset}",
            labels=labels_of_picture,
        ),
    log:
        PLACES.log("draw", "{dataset}"),
    benchmark:
        PLACES.benchmark("draw", "{dataset}")
    conda:
        "../envs/pictures.yaml"
    resources:
        mem_mb=growing(4000),
        runtime=growing(20),
    params:
        version=VERSION,
    script:
        "../workflow_scripts/draw.py"


rule draw_all:
    """Draw the pictures of a run; each is a module of workflow_scripts/report/pictures_of_all."""
    input:
        catalogue=PLACES.catalogue,
        generation=PLACES.current_generation,
    output:
        pictures=report(
            directory(PLACES.pictures_of_all),
            patterns=["{picture}.svg"],
            caption="../workflow_scripts/report/caption.rst",
            category=category_of_picture,
            subcategory="all datasets",
            labels=labels_of_picture,
        ),
    log:
        PLACES.log("draw_all"),
    benchmark:
        PLACES.benchmark("draw_all")
    conda:
        "../envs/pictures.yaml"
    resources:
        mem_mb=growing(4000),
        runtime=growing(20),
    params:
        version=VERSION,
    script:
        "../workflow_scripts/draw_all.py"
