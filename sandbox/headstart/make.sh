#!/bin/sh
# Makes what gives compilers a head start: make.sh DIRECTORY [LANGUAGE...]
#
# For each language whose compiler is here, a folder in DIRECTORY appears once it is whole. Nothing in
# it is made from a submission, and nothing compiles differently with it: compilers check themselves
# that it fits. Runs while an image is built, and where the toolchains are this machine's.
set -eu
umask 022
here=$(cd "$(dirname "$0")" && pwd)
directory=$1
shift
mkdir -p "$directory"
directory=$(cd "$directory" && pwd)
[ $# -gt 0 ] || set -- cpp java kotlin typescript go

# What a process left that was killed.
find "$directory" -maxdepth 1 -name '.*.??????' -mmin +60 -exec rm -rf {} +
scratch=
trap '[ -z "$scratch" ] || rm -rf "$scratch"' EXIT
trap 'exit 1' INT TERM

for language in "$@"; do
    [ ! -e "$directory/$language" ] || continue
    scratch=$(mktemp -d "$directory/.$language.XXXXXX")
    chmod 755 "$scratch"
    mkdir "$scratch/made" "$scratch/work"
    status=0
    (cd "$scratch/work" && sh -eu "$here/$language.sh" "$here" "$scratch/made") || status=$?
    if [ "$status" -eq 0 ]; then
        mv -T "$scratch/made" "$directory/$language"
    elif [ "$status" -ne 77 ]; then
        echo "no head start for $language: its recipe failed ($status)" >&2
        failed=yes
    fi
    rm -rf "$scratch"
done
[ -z "${failed:-}" ]
