#!/bin/sh
# A copy of a store with its records in SQLite, made while no night is at work in it.
# Use: backup.sh STORE TARGET     for example: backup.sh /var/lib/compliance/store /srv/backup/compliance.tar.gz
set -eu
store=${1:?which store}
target=${2:?which file to write}
umask 077
# The lock that a night takes; wait for one that is at work, but not forever.
exec 9>>"$store/night.lock"
flock --exclusive --timeout 14400 9
tar --create --gzip --file "$target.part" --directory "$(dirname "$store")" "$(basename "$store")"
mv "$target.part" "$target"
