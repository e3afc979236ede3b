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

# Run Slurm's own command: its standard input comes from $folder/input, its answer goes to $folder/answer, what it
# complains of to $folder/error. Again each 10 s for as long as it fails with one of these words: patiently WORDS ARGUMENTS…
patiently() {
    local words=$1 code
    shift
    [ -n "$real" ] || { echo "$(basename "$0"): not found; is Slurm's client installed here?" >&2; return 127; }
    while true; do
        "$real" "$@" < "$folder/input" > "$folder/answer" 2> "$folder/error"
        code=$?
        if [ "$code" = 0 ] || ! grep -Eq "$words" "$folder/error"; then return "$code"; fi
        sleep 10
        is_wanted || return 1
    done
}

# Nobody waits for the answer any more where the Snakemake that asked was killed; the profile tells who that is.
is_wanted() { kill -0 "${SOUNDLEDGER_PID:-$$}" 2> /dev/null; }
