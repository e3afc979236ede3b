# The bundled sample.
#
# requires: the plan in workflow_scripts/sample
# produces: data/sample: labels, sounds and what is to be expected of them; expected_status.csv comes last
# config:   none

from workflow_scripts.settings.roots import SAMPLE, SAMPLE_DONE

SAMPLE_PLAN = ("plan.py", "sounds.py", "encode.py", "write.py", "ontology.json")


rule make_sample:
    """Synthesise an AudioSet in miniature, with every fault that the ledger knows; anew when its plan has changed."""
    input:
        expand(f"{workflow.basedir}/workflow_scripts/sample/{{file}}", file=SAMPLE_PLAN),
    output:
        status=SAMPLE_DONE,
        rejects=f"{SAMPLE}/expected_rejects.csv",
        balanced=f"{SAMPLE}/labels/balanced_train_segments.csv",
        unbalanced=f"{SAMPLE}/labels/unbalanced_train_segments.csv",
        eval=f"{SAMPLE}/labels/eval_segments.csv",
        strong=f"{SAMPLE}/labels/strong.tsv",
        ontology=f"{SAMPLE}/labels/ontology.json",
        classes=f"{SAMPLE}/labels/class_labels_indices.csv",
        names=f"{SAMPLE}/labels/mid_to_display_name.tsv",
        archive=f"{SAMPLE}/audio/archive.tar",
    log:
        PLACES.log("make_sample"),
    benchmark:
        PLACES.benchmark("make_sample")
    conda:
        "../envs/audio.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        folder=lambda wildcards, output: os.path.dirname(output.status),
    script:
        "../workflow_scripts/make_sample.py"


# All other audio is there.
MADE_SAMPLE = [rules.make_sample.output.status, rules.make_sample.output.archive]
