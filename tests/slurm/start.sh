#!/usr/bin/env bash
# Start a Slurm of one node, for tests: start.sh FOLDER [CPUS]
#
# CPUS is how many cores it says it has; 8 unless given.
#
# Installs Debian's packages where they are missing. Everything that the daemons write lies below FOLDER, but for the link
# /etc/slurm/slurm.conf: jobs lose the variable SLURM_CONF on their way, so only that place is seen by all of them.
# No systemd, no cgroups, no slurmdbd. Run again, it changes nothing. What hinders it is said on stderr, exit code 77
# where this machine cannot have a Slurm of ours and 1 where it should have worked.
set -euo pipefail

folder=$(realpath --canonicalize-missing "${1:?usage: start.sh FOLDER [CPUS]}")
cpus=${2:-8}
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
conf=/etc/slurm/slurm.conf

cannot() {
    echo "no Slurm here: $*" >&2
    exit 77
}

answers() {  # only asked where the link stands: without a slurm.conf a client waits a minute
    [ "$(readlink "$conf" 2> /dev/null)" = "$folder/slurm.conf" ] &&
        timeout 5 sinfo --noheader --format=%t 2> /dev/null | grep -Eqx 'idle|mix|alloc'
}

[ "$(uname -s)" = Linux ] || cannot "it wants Linux"
[ "$(id -u)" = 0 ] || cannot "installing and starting it wants root"

missing=()
for pair in slurmctld:slurmctld slurmd:slurmd sbatch:slurm-client munged:munge; do
    command -v "${pair%%:*}" > /dev/null || missing+=("${pair#*:}")
done
if [ "${#missing[@]}" -gt 0 ]; then
    command -v apt-get > /dev/null || cannot "${missing[*]} are missing, and there is no apt-get"
    mkdir -p "$folder"
    {
        apt-get update -qq
        DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends "${missing[@]}"
    } > "$folder/apt.log" 2>&1 < /dev/null || cannot "${missing[*]} could not be installed: $(tail -n 3 "$folder/apt.log")"
fi

if answers; then exit; fi
if [ -e "$conf" ] && [ "$(readlink "$conf")" != "$folder/slurm.conf" ]; then
    cannot "$conf belongs to another Slurm"
fi
"$here/stop.sh" "$folder"  # what a start that did not get through left

mkdir -p "$folder"/{run,log,state,spool} /etc/slurm
chmod 711 "$folder" "$folder/run"
sed -e "s|@FOLDER@|$folder|g" -e "s|@HOST@|$(hostname -s)|g" -e "s|@CPUS@|$cpus|g" "$here/slurm.conf" > "$folder/slurm.conf"
ln -sfn "$folder/slurm.conf" "$conf"
[ -s "$folder/run/munge.key" ] || (umask 077 && head -c 1024 /dev/urandom > "$folder/run/munge.key")

munged --force --key-file="$folder/run/munge.key" --socket="$folder/run/munge.socket" \
    --pid-file="$folder/run/munged.pid" --seed-file="$folder/run/munge.seed" --log-file="$folder/log/munged.log"
slurmctld
slurmd

for _ in $(seq 60); do
    if answers; then exit; fi
    sleep 0.5
done
echo "Slurm was started and its node is not idle after 30 s; the logs in $folder/log end with:" >&2
tail -n 20 "$folder"/log/slurm*.log >&2
exit 1
