# Report: what there is of a dataset, to be looked at. Made where it is asked for: `snakemake pictures`, `snakemake report`.
#
# requires: catalog.duckdb, and the generation that it speaks of; of the page of a dataset, the accounts of its exports
# produces: <dataset>/report/pictures: <picture>.svg, .png and .txt of each, pictures.json, which tells what each shows;
#           report/pictures, the same of all datasets side by side. Those that show something are in
#           `snakemake pictures --report report.html`. <dataset>/report/{index.html,README.md}: a page, and a card for a
#           hub; report/index.html, which leads to all pages
# config:   report: whether a run makes the pages that nobody asked for by name


rule draw:
    """Draw the pictures of a dataset; each is a module of workflow_scripts/report/pictures."""
    input:
        catalogue=PLACES.catalogue,
        generation=PLACES.current_generation,
        healed=lambda wildcards: STARTED.heal_page("pictures", wildcards.dataset),
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
        healed=lambda wildcards: STARTED.heal_page("pictures"),
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


rule write_report:
    """Write the page that tells of a dataset, and its card. Its links lead to the review page, which `review` makes."""
    input:
        catalogue=PLACES.catalogue,
        generation=PLACES.current_generation,
        pictures=rules.draw.output.pictures,
        accounts=lambda wildcards: [PLACES.account(wildcards.dataset, name) for name in dataset(wildcards).exports],
        healed=lambda wildcards: STARTED.heal_page("report", wildcards.dataset),
    output:
        page=report(
            PLACES.report("{dataset}"),
            caption="../workflow_scripts/report/pages/caption.rst",
            category="Reports",
            labels={"dataset": "{dataset}"},
        ),
        card=PLACES.card("{dataset}"),
    log:
        PLACES.log("write_report", "{dataset}"),
    benchmark:
        PLACES.benchmark("write_report", "{dataset}")
    conda:
        "../envs/pictures.yaml"
    resources:
        mem_mb=growing(4000),
        runtime=growing(20),
    params:
        version=VERSION,
    script:
        "../workflow_scripts/write_report.py"


rule write_report_of_all:
    """Write the page that leads to the reports of all datasets."""
    input:
        catalogue=PLACES.catalogue,
        generation=PLACES.current_generation,
        pictures=rules.draw_all.output.pictures,
        healed=lambda wildcards: STARTED.heal_page("report"),
    output:
        page=PLACES.report_of_all,
    log:
        PLACES.log("write_report_of_all"),
    benchmark:
        PLACES.benchmark("write_report_of_all")
    conda:
        "../envs/pictures.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(20),
    params:
        version=VERSION,
    script:
        "../workflow_scripts/write_report_of_all.py"
