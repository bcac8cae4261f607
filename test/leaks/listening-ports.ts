import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** The state `LISTEN` in Linux's tables of sockets. */
const listen = '0A'

/** The TCP ports on which a process listens, from `/proc`; none where there is none. */
export function listeningPorts(pid: number): number[] {
  const held = new Set(heldSockets(pid))
  const ports = ['tcp', 'tcp6'].flatMap((table) =>
    linesOf(`/proc/${pid}/net/${table}`).flatMap((line) => {
      const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/)
      return state === listen && held.has(inode) ? [parseInt(local.split(':')[1] ?? '', 16)] : []
    }),
  )
  return [...new Set(ports)]
}

/** Inodes of the sockets that the process has open. */
function heldSockets(pid: number): string[] {
  const folder = `/proc/${pid}/fd`
  try {
    return readdirSync(folder).flatMap((name) => /^socket:\[(\d+)\]$/.exec(linkOf(`${folder}/${name}`))?.[1] ?? [])
  } catch {
    return []
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}

function linesOf(path: string): string[] {
  try {
    return readFileSync(path, 'latin1').split('\n').slice(1)
  } catch {
    return []
  }
}
