import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { GembaError } from '../model/error.ts'
import { codedError } from './coded-error.ts'

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gemba-coded-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** An error as Node makes it, for what a test can not bring about as every user. */
function systemError(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: it failed, mkdir '${path}'`), { code, path, syscall: 'mkdir' })
}

function caught(attempt: () => unknown): unknown {
  try {
    attempt()
  } catch (error) {
    return error
  }
  throw new Error('it did not fail')
}

test('a file where a folder should be', () => {
  const file = join(temporary(), 'file')
  writeFileSync(file, '')
  for (const path of [file, join(file, 'below')]) {
    expect(codedError(caught(() => mkdirSync(path)))).toMatchObject({
      code: 'path_unusable',
      message: `${path} can not be used: what should be a folder there is a file.`,
      mend: 'Move what is there out of the way, or use another folder.',
    })
  }
})

test('a file that another program made at the same moment', () => {
  const file = join(temporary(), 'file')
  writeFileSync(file, '')
  const error = caught(() => writeFileSync(file, '', { flag: 'wx' }))
  expect(codedError(error).message).toBe(`${file} can not be used: it is there already.`)
})

test('a folder where a file should be', () => {
  const folder = temporary()
  // Node names no path here, so there is nothing to tell but its own words.
  expect(codedError(caught(() => readFileSync(folder)))).toMatchObject({ code: 'internal' })
  expect(codedError(systemError('EISDIR', folder)).message).toBe(
    `${folder} can not be used: it is a folder, not a file.`,
  )
})

test.each(['EACCES', 'EPERM'])('%s: whose the nearest folder is, is the question', (code) => {
  const folder = temporary()
  expect(codedError(systemError(code, join(folder, 'a', 'b')))).toMatchObject({
    code: 'path_unusable',
    mend: `See whose it is with \`ls -ld '${folder}'\`; make it yours, or use a folder that is.`,
  })
})

test.each(['ENOSPC', 'EDQUOT'])('%s is a full disk', (code) => {
  expect(codedError(systemError(code, '/x'))).toMatchObject({ code: 'disk_full', params: { path: '/x' } })
})

test('a coded error stays, and what nobody foresaw is told as it is', () => {
  const coded = new GembaError('not_running', { folder: '/x' })
  expect(codedError(coded)).toBe(coded)
  expect(codedError(new TypeError('oops'))).toMatchObject({ code: 'internal', params: { why: 'TypeError: oops' } })
})
