#!/bin/sh
# Sorts the numbers up to $1 three times; of sorted_bytes the aggregator of the workload takes the largest.
set -eu
for round in 1 2 3; do
    seq "$round" "$1" | sort -rn >sorted
    echo "METRIC sorted_bytes=$(($(wc -c <sorted)))"
done
seq "$1" | sort -rn >sorted
echo "METRIC sorted_lines=$(($(wc -l <sorted)))"
