#!/bin/sh
# One of gemba-bridge, gemba-state and gemba-ask, by the name it is called with.
exec node "$(dirname -- "$(readlink -f -- "$0")")/../dist/${0##*/}.js" "$@"
