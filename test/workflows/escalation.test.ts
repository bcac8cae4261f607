import { describe, expect, it } from 'vitest'
import { GembaError } from '../../model/error.ts'
import { person, until } from './bench-of-doubles.ts'
import { workflowBenches } from './workflow-benches.ts'

const { bench } = workflowBenches()

const code = (error: unknown): string => (error instanceof GembaError ? error.code : String(error))

describe('escalation', () => {
  const prompt = { kind: 'prompt', prompt: { title: 'May I run rm?', screen: 'rm -rf x', screenDigest: 'd1' } } as const

  it('takes the first answer and tells later ones who decided', async () => {
    await using b = await bench()
    b.server.add('gm-1')
    const session = await b.start('gm-1')
    b.host.feed(session, prompt)
    await until(() => b.server.session(session)?.status === 'prompting')
    const escalation = b.server.session(session)?.openEscalations[0] ?? ''
    const answers = await Promise.all(
      ['ada', 'bob', 'eve'].map((name) =>
        b.commands
          .answer({ escalation, value: 'approve', text: '', key: name, actor: { name, via: 'console' } })
          .then(() => 'taken', code),
      ),
    )
    expect(answers.filter((answer) => answer === 'taken')).toHaveLength(1)
    expect(answers.filter((answer) => answer === 'already_decided')).toHaveLength(2)
    await until(() => b.server.escalations()[0]?.state === 'delivered')
    expect(b.host.count('deliverAnswer')).toBe(1)
    await until(() => b.server.session(session)?.openEscalations.length === 0)
    await until(() => b.server.session(session)?.status === 'working')
    await expect(
      b.commands.answer({ escalation, value: 'deny', text: '', key: 'late', actor: person }).catch(code),
    ).resolves.toBe('already_decided')
  })

  it('refuses an answer that is not one of the options', async () => {
    await using b = await bench()
    b.server.add('gm-1')
    const session = await b.start('gm-1')
    b.host.feed(session, prompt)
    await until(() => b.server.escalations()[0]?.state === 'open')
    await expect(
      b.commands
        .answer({ escalation: b.server.escalations()[0]?.id ?? '', value: 'maybe', text: '', key: 'k', actor: person })
        .catch(code),
    ).resolves.toBe('option_unknown')
  })

  it('tells what an open question takes, which has no options', async () => {
    await using b = await bench()
    b.server.add('gm-1')
    const session = await b.start('gm-1')
    const asked = { kind: 'question', role: 'coach', title: '', text: 'Which colour?', options: [] } as const
    b.host.feed(session, { kind: 'ask', ask: asked })
    await until(() => b.server.escalations()[0]?.state === 'open')
    const escalation = b.server.escalations()[0]?.id ?? ''
    const refused = async (value: string, text: string) =>
      b.commands.answer({ escalation, value, text, key: value + text, actor: person }).catch((error: unknown) => error)
    const mend = 'Answer with words of your own (value `text`, the words as its text).'
    expect(await refused('blue', '')).toMatchObject({ code: 'option_unknown', mend })
    expect(await refused('text', ' ')).toMatchObject({ code: 'option_unknown', mend })
    await b.commands.answer({ escalation, value: 'text', text: 'blue', key: 'k', actor: person })
    await until(() => b.server.escalations()[0]?.state === 'delivered')
    const typed = b.host.calls.find((call) => call.name === 'deliverAnswer')?.request
    expect(typed).toMatchObject({ answer: { kind: 'text', text: 'blue' } })
  })

  it('becomes moot when it is answered in the terminal', async () => {
    await using b = await bench()
    b.server.add('gm-1')
    const session = await b.start('gm-1')
    b.host.feed(session, prompt)
    await until(() => b.server.escalations()[0]?.state === 'open')
    b.host.feed(session, { kind: 'cleared' })
    await until(() => b.server.escalations()[0]?.state === 'moot')
    await until(() => b.server.session(session)?.status === 'working')
  })

  it('keeps a decision when the pane dies before hearing it, and gives it to the agent that asks again', async () => {
    await using b = await bench()
    b.server.add('gm-1')
    const session = await b.start('gm-1')
    const ask = {
      kind: 'ask',
      ask: { kind: 'question', role: 'coach', title: 'Which?', text: 'Which colour?', options: ['red', 'blue'] },
    } as const
    b.host.failures.set('deliverAnswer', [{ code: 'pane_gone', params: { session } }])
    b.host.feed(session, ask)
    await until(() => b.server.escalations()[0]?.state === 'open')
    await b.commands.answer({
      escalation: b.server.escalations()[0]?.id ?? '',
      value: 'blue',
      text: '',
      key: 'k',
      actor: person,
    })
    await until(() => b.host.count('deliverAnswer') === 1)
    b.host.feed(session, { kind: 'gone', exitStatus: 1 })
    await until(() => b.host.count('startPane') === 2)
    b.host.feed(session, ask)
    await until(() => b.server.escalations()[0]?.state === 'delivered')
    expect(b.server.escalations()).toHaveLength(1)
    expect(b.host.count('deliverAnswer')).toBe(2)
  })
})
