import { closeSync, constants, lstatSync, mkdirSync, openSync, writeFileSync } from 'node:fs'
import { isAbsolute, join, sep } from 'node:path'

/** Files inside one folder. Names that lead out of it, into git's own files, or through a symbolic link are refused. */
export interface ConfinedFiles {
  write(path: string, text: string): void
  append(path: string, text: string): void
}

export function confineTo(root: string): ConfinedFiles {
  const put = (path: string, text: string, flag: number) => {
    const file = openSync(
      place(root, path),
      constants.O_WRONLY | constants.O_CREAT | constants.O_NOFOLLOW | flag,
      0o644,
    )
    try {
      // Unlike one write, all of it or an error.
      writeFileSync(file, text)
    } finally {
      closeSync(file)
    }
  }
  return {
    write: (path, text) => put(path, text, constants.O_TRUNC),
    append: (path, text) => put(path, text, constants.O_APPEND),
  }
}

/** The absolute path, with its folders made. */
function place(root: string, path: string): string {
  const parts = path.split(/[\\/]/)
  const bad = parts.some((part) => part === '' || part === '.' || part === '..' || part.toLowerCase() === '.git')
  if (bad || isAbsolute(path) || /\p{Cc}/u.test(path))
    throw new Error(`${JSON.stringify(path)} is not a path in the worktree`)
  let folder = root
  for (const part of parts.slice(0, -1)) {
    folder = join(folder, part)
    if (lstatSync(folder, { throwIfNoEntry: false }) === undefined) mkdirSync(folder)
    if (!lstatSync(folder).isDirectory()) throw new Error(`${folder.slice(root.length + sep.length)} is not a folder`)
  }
  return join(folder, parts.at(-1) ?? '')
}
