#!/bin/sh
exec node "$(dirname -- "$(readlink -f -- "$0")")/../scripts/gemba.mjs" "$@"
