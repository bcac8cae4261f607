import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createDataFolder, dataFolderOf, type DataFolder } from './data-folder.ts'
import { claimDataFolder } from './data-owner.ts'
import { dataRoot, keptFolder } from './data-root.ts'

let folder: string
let project: string
let state: string
let env: NodeJS.ProcessEnv

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'gemba-root-')))
  project = join(folder, 'My shop (old)')
  state = join(folder, 'state')
  env = { XDG_STATE_HOME: state }
  mkdirSync(join(project, '.gemba'), { recursive: true })
})

afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

describe('the data of a project', () => {
  test('is kept outside of it, the same for every way to its folder', () => {
    const root = dataRoot(project, undefined, env)
    expect(root.startsWith(join(state, 'gemba', 'projects', 'My-shop-old-'))).toBe(true)
    symlinkSync(project, join(folder, 'link'))
    expect(dataRoot(join(folder, 'link'), undefined, env)).toBe(root)
    mkdirSync(join(folder, 'other', 'My shop (old)'), { recursive: true })
    expect(dataRoot(join(folder, 'other', 'My shop (old)'), undefined, env)).not.toBe(root)
  })

  test('is kept in the state folder of the platform, also when the variable is no path', () => {
    expect(keptFolder({ XDG_STATE_HOME: 'relative' })).toBe(keptFolder({}))
    expect(keptFolder({}).startsWith(homedir())).toBe(true)
  })

  test('stays inside a project that has it there', () => {
    writeFileSync(join(project, '.gemba', 'data'), 'no folder')
    expect(dataRoot(project, undefined, env)).not.toBe(join(project, '.gemba', 'data'))
    rmSync(join(project, '.gemba', 'data'))
    mkdirSync(join(project, '.gemba', 'data'))
    expect(dataRoot(project, undefined, env)).toBe(join(project, '.gemba', 'data'))
  })

  test('is where the person says: the flag before the variable before the rest', () => {
    mkdirSync(join(project, '.gemba', 'data'))
    const named = { ...env, GEMBA_DATA: join(folder, 'variable') }
    expect(dataRoot(project, undefined, named)).toBe(join(folder, 'variable'))
    expect(dataRoot(project, join(folder, 'flag'), named)).toBe(join(folder, 'flag'))
  })
})

describe('a data folder', () => {
  const shop = (): { id: string; folder: string } => ({ id: 'shop', folder: project })

  function claimed(data: DataFolder, owner: { id: string; folder: string }): DataFolder {
    claimDataFolder(data, owner)
    return createDataFolder(data)
  }

  test('is not shared by two projects', () => {
    const data = claimed(dataFolderOf(project, join(folder, 'data')), shop())
    claimDataFolder(data, shop())
    const other = { id: 'other', folder: join(folder, 'other') }
    expect(() => claimDataFolder(data, other)).toThrow(expect.objectContaining({ code: 'data_of_another' }))
    rmSync(project, { recursive: true })
    claimDataFolder(data, other)
  })

  test('that goes along with a copied project is the copy’s own', () => {
    claimed(dataFolderOf(project, join(project, '.gemba/data')), { id: 'shop', folder })
    claimDataFolder(dataFolderOf(project, join(project, '.gemba/data')), shop())
  })

  test('with other things in it is left alone', () => {
    writeFileSync(join(folder, 'letter.txt'), 'dear')
    expect(() => claimDataFolder(dataFolderOf(project, folder), shop())).toThrow(
      expect.objectContaining({ code: 'path_unusable' }),
    )
  })

  test('of a project that was moved is not forgotten in silence', () => {
    const before = claimed(dataFolderOf(project, undefined, env), shop())
    const moved = join(folder, 'shop')
    mkdirSync(moved)
    const data = dataFolderOf(moved, undefined, env)
    claimDataFolder(data, { id: 'shop', folder: moved }, env)
    rmSync(data.root, { recursive: true })
    rmSync(project, { recursive: true })
    expect(() => claimDataFolder(data, { id: 'shop', folder: moved }, env)).toThrow(
      expect.objectContaining({
        code: 'data_left_behind',
        mend: expect.stringContaining(`mv '${before.root}' '${data.root}'`) as string,
      }),
    )
    claimDataFolder(data, { id: 'another', folder: moved }, env)
  })
})
