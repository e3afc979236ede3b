# Sourced by the stand-ins beside it: the path of Slurm's own command of the same name, empty if there is none.
mine=$(dirname "$(realpath "$0")")
real=""
while read -r found; do
    if [ "$(dirname "$(realpath "$found")")" != "$mine" ]; then
        real=$found
        break
    fi
done < <(type -ap "$(basename "$0")")

# Where the ids of all jobs of a run are kept, below the folder that Snakemake runs in.
jobs_of() { echo ".snakemake/slurm_logs/$1.jobs"; }
