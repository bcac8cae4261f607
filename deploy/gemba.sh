#!/bin/sh
exec node /app/scripts/gemba.mjs "$@"
