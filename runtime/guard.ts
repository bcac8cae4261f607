/**
 * A few lines of shell that end a child when its supervisor is gone, however it went. Standard input is a pipe that
 * only the supervisor holds open: its end, which also a kill -9 brings about, ends the child's whole process group,
 * first kindly, after the grace by force. The shell then becomes the child, so that pid and exit code are the child's.
 * The watcher stays in the child's process group, which keeps its number from being given to another.
 */
const script = `
grace=$1
shift
exec 9<&0 </dev/null
(
  trap '' TERM INT HUP
  exec 3>&-
  while read -r line; do :; done <&9
  kill -TERM -$$
  sleep 1
  while [ "$grace" -gt 0 ] && kill -0 $$; do sleep 1; grace=$((grace - 1)); done
  kill -KILL -$$
) >/dev/null 2>&1 &
exec 9<&-
exec "$@"
`

/** The command line that runs `command` under a guard; its standard input must be a pipe and it must lead a process group. */
export function guarded(command: string, args: readonly string[], graceSeconds: number): [string, string[]] {
  return ['/bin/sh', ['-c', script, 'gemba-guard', String(graceSeconds), command, ...args]]
}
