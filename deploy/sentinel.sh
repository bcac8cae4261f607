#!/bin/sh
# One of gemba-bridge, gemba-state and gemba-ask, by the name it is called with.
exec node "/app/dist/${0##*/}.js" "$@"
