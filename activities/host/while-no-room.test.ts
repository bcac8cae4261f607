import { ApplicationFailure, CancelledFailure } from '@temporalio/common'
import { MockActivityEnvironment } from '@temporalio/testing'
import { expect, test } from 'vitest'
import { judgeDisk, type DiskState } from '../../model/disk.ts'
import { GembaError } from '../../model/error.ts'
import type { OrchestrationPlane, StartPane } from '../../model/orchestration-plane.ts'
import { hostActivities } from './host-activities.ts'
import type { HostDisk } from './while-no-room.ts'

/** A disk whose room a test sets. */
class Disk implements HostDisk {
  #state = judgeDisk([{ folder: '/data', free: 1e9, files: null }], 1e8, 'ok')
  readonly #waiting = new Set<() => void>()

  has(free: number): void {
    this.#state = judgeDisk([{ folder: '/data', free, files: null }], 1e8, 'ok')
    for (const look of [...this.#waiting]) look()
  }

  look(): Promise<DiskState> {
    return Promise.resolve(this.#state)
  }

  until(holds: (state: DiskState) => boolean, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!holds(this.#state) && !signal.aborted) return
        this.#waiting.delete(look)
        resolve()
      }
      this.#waiting.add(look)
      signal.addEventListener('abort', look)
      look()
    })
  }
}

/** A plane that writes down what was asked of it. */
function planeOf(start: () => Promise<unknown>): { plane: OrchestrationPlane; asked: string[] } {
  const asked: string[] = []
  const plane = {
    start: () => (asked.push('start'), start()),
    integrate: () => (asked.push('integrate'), Promise.resolve('integrated')),
  }
  return { plane: plane as unknown as OrchestrationPlane, asked }
}

const request = {} as StartPane

test('a pane is started once there is room; finished work is brought in meanwhile', async () => {
  const disk = new Disk()
  const { plane, asked } = planeOf(() => Promise.resolve('started'))
  const { startPane, integrate } = hostActivities(plane, disk)
  disk.has(5e7)
  const started = new MockActivityEnvironment().run(startPane, request)
  expect(await new MockActivityEnvironment().run(integrate, {} as never)).toBe('integrated')
  expect(asked).toEqual(['integrate'])
  disk.has(1e9)
  expect(await started).toBe('started')
})

test('what met a full disk is done again, and other failures are not', async () => {
  const failures = [Object.assign(new Error('no space'), { code: 'ENOSPC' }), new GembaError('pane_gone')]
  const { plane, asked } = planeOf(() => Promise.reject(failures.shift() ?? new Error('too often')))
  const { startPane } = hostActivities(plane, new Disk())
  const attempt = new MockActivityEnvironment().run(startPane, request)
  await expect(attempt).rejects.toMatchObject({ type: 'pane_gone' })
  expect(asked).toEqual(['start', 'start'])
})

test('a wait ends when the session no longer wants it, and with words when its time is up', async () => {
  const disk = new Disk()
  const { plane, asked } = planeOf(() => Promise.resolve('started'))
  const { startPane } = hostActivities(plane, disk)
  disk.has(0)
  const cancelled = new MockActivityEnvironment()
  const waiting = cancelled.run(startPane, request)
  cancelled.cancel()
  await expect(waiting).rejects.toBeInstanceOf(CancelledFailure)
  const short = new MockActivityEnvironment({ startToCloseTimeoutMs: 10_050 })
  const late = short.run(startPane, request).catch((error: unknown) => error)
  expect(await late).toBeInstanceOf(ApplicationFailure)
  expect(await late).toMatchObject({ type: 'disk_low', nonRetryable: false })
  expect(asked).toEqual([])
})
