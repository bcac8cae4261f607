#!/usr/bin/env bash
# Starts the quickstart: Beads-only mode on the database that GEMBA_BEADS_URL or GEMBA_BEADS_DIR names, else on the
# example, which is made and filled at the first start. All that lasts is kept in one folder, /data.
# Arguments are added to `gemba serve`.
set -euo pipefail

data="${GEMBA_QUICKSTART_DATA:-/data}"
app="$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)"
example="${data}/example-project"
seed="${app}/examples/my-project/seed.json"
prefix="$(node -p 'JSON.parse(fs.readFileSync(process.argv[1])).prefix' "${seed}")"
port="${GEMBA_QUICKSTART_DOLT_PORT:-3307}"

mkdir -p -- "${data}" "${HOME:=${data}/home}"
export HOME
export GEMBA_BEADS_ONLY_MANIFEST="${GEMBA_BEADS_ONLY_MANIFEST:-${data}/session-manifest.jsonl}"
serve=(serve "${data}" --beads-only --listen "${GEMBA_LISTEN:-0.0.0.0:7666}" --auth token --data "${data}/gemba")

say() {
  printf 'quickstart: %s\n' "$*" >&2
}

# By bd, which keeps the database in the folder itself. A first start that was broken off is begun anew.
seed_with_bd() {
  if [[ ! -e "${example}/.seeded" ]]; then
    say "seeding the example with bd into ${example}"
    rm -rf -- "${example}"
    mkdir -p -- "${example}"
    (
      cd -- "${example}"
      bd init "--prefix=${prefix}" --skip-agents --skip-hooks --non-interactive --quiet
      # What bd exports by itself would bring back old states of beads later on.
      bd config set export.auto false >/dev/null
      rm -f .beads/issues.jsonl
      node "${app}/deploy/seed-lines.mjs" "${seed}" >"${example}/seed.jsonl"
      bd import seed.jsonl >/dev/null
      touch .seeded
    ) </dev/null
  fi
}

# By a Dolt server over the folder, which lives as long as the container.
serve_with_dolt() {
  local databases="${example}/dolt"
  mkdir -p -- "${databases}"
  export DOLT_ROOT_PATH="${example}/dolt-home" DOLT_DISABLE_EVENT_FLUSH=true
  mkdir -p -- "${DOLT_ROOT_PATH}"
  local children=()
  trap 'kill -TERM "${children[@]}" 2>/dev/null || true' TERM INT
  dolt sql-server --host 127.0.0.1 --port "${port}" --data-dir "${databases}" -l warning </dev/null >&2 &
  children+=("$!")
  export GEMBA_BEADS_URL="mysql://root@127.0.0.1:${port}/example"
  until (exec 3<>"/dev/tcp/127.0.0.1/${port}") 2>/dev/null; do
    kill -0 "${children[0]}" 2>/dev/null || { say 'Dolt did not start'; return 1; }
    sleep 0.1
  done
  if [[ ! -e "${example}/.seeded" ]]; then
    say "seeding the example with Dolt into ${example}"
    node "${app}/deploy/seed-lines.mjs" "${seed}" >"${example}/seed.jsonl"
    gemba beads import "${example}/seed.jsonl" --create "${prefix}" >&2
    touch "${example}/.seeded"
  fi
  local code=0
  gemba "${serve[@]}" "$@" &
  children+=("$!")
  # A signal ends the wait early; then both are waited for.
  wait "${children[1]}" || code=$?
  while kill -0 "${children[1]}" 2>/dev/null; do wait "${children[1]}" && code=0 || code=$?; done
  kill -TERM "${children[0]}" 2>/dev/null || true
  wait "${children[0]}" || true
  return "${code}"
}

if [[ -n "${GEMBA_BEADS_URL:-}" || -n "${GEMBA_BEADS_DIR:-}" ]]; then
  exec gemba "${serve[@]}" "$@"
fi
# What made the example goes on with it; Dolt is the faster one.
if [[ ! -d "${example}/.beads" ]] && command -v dolt >/dev/null; then
  serve_with_dolt "$@"
  exit
fi
if command -v bd >/dev/null; then
  seed_with_bd
  export GEMBA_BEADS_DIR="${example}"
  exec gemba "${serve[@]}" "$@"
fi
say 'neither bd nor dolt was found to keep the example; name a database with GEMBA_BEADS_URL'
exit 1
