#!/usr/bin/env bash
# Stop the Slurm that start.sh started in FOLDER, its jobs first: stop.sh FOLDER
#
# Touches only processes named in FOLDER's pid files. Its files stay, to be read after a failed test; run again, it
# changes nothing.
set -euo pipefail

folder=$(realpath --canonicalize-missing "${1:?usage: stop.sh FOLDER}")
conf=/etc/slurm/slurm.conf

pid_of() {  # of a daemon of this folder, if it lives
    local pid
    pid=$(cat "$folder/run/$1.pid" 2> /dev/null) && [ "$(cat "/proc/$pid/comm" 2> /dev/null)" = "$1" ] && echo "$pid"
}

if pid_of slurmctld > /dev/null && [ "$(readlink "$conf")" = "$folder/slurm.conf" ]; then
    timeout 20 scancel --user="$(id -un)" || true
    for _ in $(seq 30); do
        [ -n "$(timeout 5 squeue --noheader --states=PENDING,RUNNING,COMPLETING || true)" ] || break
        sleep 0.5
    done
fi
for daemon in slurmd slurmctld munged; do
    if pid=$(pid_of "$daemon"); then
        kill "$pid"
        for _ in $(seq 40); do
            [ -d "/proc/$pid" ] || break
            sleep 0.25
        done
        kill -9 "$pid" 2> /dev/null || true
    fi
    rm -f "$folder/run/$daemon.pid"
done
if [ "$(readlink "$conf" 2> /dev/null)" = "$folder/slurm.conf" ]; then
    rm "$conf"
fi
