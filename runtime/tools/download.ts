import { createHash } from 'node:crypto'
import { createWriteStream, existsSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream } from 'node:stream/web'
import { GembaError } from '../../model/error.ts'
import { run } from '../exec.ts'
import { isLoopback } from '../listen-address.ts'
import type { Report } from '../terminal.ts'
import type { Installer } from './obtain.ts'
import { releaseSums } from './release-sums.ts'

/** A published release archive. */
export interface ReleaseArchive {
  readonly tool: string
  /** `owner/name` of the project. */
  readonly project: string
  readonly tag: string
  readonly asset: string
  /** The executable's path inside the archive. */
  readonly member: string
}

const answerWithinMs = 8_000
const stalledAfterMs = 30_000
/** The archive and what is in it. */
const downloadBytes = 300_000_000
const largest = 600 * 1024 * 1024

/**
 * Downloads an official release archive and checks its size and SHA-256 against what the release says of it, and against
 * what this archive was when this machine first took it. The first time the release's own word is all there is.
 * Without a network it fails within seconds.
 */
export function downloadInstaller(
  archive: ReleaseArchive,
  report: Report,
  api = releasesAddress(),
  sums = releaseSums(),
): Installer {
  const name = `${archive.project}/${archive.tag}/${archive.asset}`
  return {
    name: 'official download',
    needs: { bytes: downloadBytes },
    async install(folder, target) {
      report.line(`${archive.tool}: downloading ${archive.asset} (${archive.tag}).`)
      const asset = await findAsset(archive, api)
      const file = join(folder, 'archive.tar.gz')
      const digest = await downloadTo(asset, file, archive.tool, report)
      if (digest !== asset.digest) throw new Error(`the download's SHA-256 is ${digest}, not ${asset.digest}`)
      const before = sums.first(name)
      if (before !== undefined && before !== digest) {
        throw new Error(
          `the release was changed: its SHA-256 is ${digest}, and was ${before} when it was first taken here`,
        )
      }
      await run('tar', ['-xzf', file, '-C', folder], { timeout: 300_000 })
      if (!existsSync(join(folder, archive.member))) throw new Error(`the archive holds no ${archive.member}`)
      renameSync(join(folder, archive.member), target)
      sums.note(name, digest)
      return { way: 'download', url: asset.url, sha256: digest, size: String(asset.size), tag: archive.tag }
    },
  }
}

/** Where releases are asked for: GitHub, or a mirror of its API that `GEMBA_RELEASES` names. `config_invalid`. */
export function releasesAddress(env: NodeJS.ProcessEnv = process.env): string {
  const named = env['GEMBA_RELEASES'] ?? ''
  if (named === '') return 'https://api.github.com'
  const url = URL.parse(named)
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname))
  if (isSafe) return named.replace(/\/+$/, '')
  const why = 'it is no https address of a mirror of the release API'
  throw new GembaError('config_invalid', { file: 'environment GEMBA_RELEASES', why })
}

interface Asset {
  readonly url: string
  readonly size: number
  readonly digest: string
}

async function findAsset(archive: ReleaseArchive, api: string): Promise<Asset> {
  const address = `${api}/repos/${archive.project}/releases/tags/${archive.tag}`
  const response = await fetch(address, {
    headers: { accept: 'application/vnd.github+json', 'user-agent': 'gemba' },
    signal: AbortSignal.timeout(answerWithinMs),
  }).catch((error: unknown) => Promise.reject(new Error(`no answer from ${new URL(api).host} (${reason(error)})`)))
  if (!response.ok) throw new Error(`${new URL(api).host} answered ${response.status}`)
  const release = (await response.json()) as { assets?: readonly Partial<Record<string, unknown>>[] }
  const asset = release.assets?.find((each) => each['name'] === archive.asset)
  if (asset === undefined) throw new Error(`release ${archive.tag} has no ${archive.asset}`)
  const { size, digest, browser_download_url: url } = asset
  if (typeof size !== 'number' || size > largest || typeof url !== 'string')
    throw new Error('the release is not as expected')
  if (typeof digest !== 'string' || !/^sha256:[0-9a-f]{64}$/.test(digest))
    throw new Error('the release names no SHA-256')
  return { url, size, digest: digest.slice('sha256:'.length) }
}

/** Returns the SHA-256 of what was written. */
async function downloadTo(asset: Asset, file: string, tool: string, report: Report): Promise<string> {
  const stalled = new AbortController()
  const timer = setTimeout(() => stalled.abort(new Error('the download stalled')), stalledAfterMs)
  const hash = createHash('sha256')
  let received = 0
  const meter = new Transform({
    transform(chunk: Buffer, _, done) {
      timer.refresh()
      received += chunk.length
      hash.update(chunk)
      report.progress(tool, received, asset.size, 'bytes')
      done(received > asset.size ? new Error('the download is larger than announced') : null, chunk)
    },
  })
  try {
    const response = await fetch(asset.url, { signal: stalled.signal })
    if (!response.ok || response.body === null) throw new Error(`the download answered ${response.status}`)
    await pipeline(Readable.fromWeb(response.body as ReadableStream), meter, createWriteStream(file), {
      signal: stalled.signal,
    })
  } finally {
    clearTimeout(timer)
  }
  if (received !== asset.size) throw new Error(`the download ended after ${received} of ${asset.size} bytes`)
  return hash.digest('hex')
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  return error.cause instanceof Error ? error.cause.message : error.message
}
