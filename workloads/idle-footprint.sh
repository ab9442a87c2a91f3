#!/bin/sh
# Prints the memory that is in use, once a second, after a time in which nothing was done.
# Variables: SETTLE_SECONDS, LOOKS. Only builtins look, and one sleep at a time.
set -eu

used_kb() {
  total=
  available=
  while read -r key value _; do
    case $key in
      MemTotal:) total=$value ;;
      MemAvailable:) available=$value ;;
    esac
  done </proc/meminfo
  if [ -z "$total" ] || [ -z "$available" ]; then
    echo "/proc/meminfo does not tell MemTotal and MemAvailable" >&2
    exit 1
  fi
  used=$((total - available))
}

sleep "$SETTLE_SECONDS"
look=0
while [ "$look" -lt "$LOOKS" ]; do
  if [ "$look" -gt 0 ]; then sleep 1; fi
  used_kb
  # Kilobytes of 1024 bytes; MB are 10^6 bytes. A kilobyte of those is 0.001024 MB.
  micro=$((used * 1024))
  printf '{"name":"idle_memory_mb","value":%d.%06d,"unit":"MB"}\n' $((micro / 1000000)) $((micro % 1000000))
  look=$((look + 1))
done
