import { orchestrationPlaneConformance } from '../../../test/conformance/orchestration-plane.ts'
import { openNativeFixture } from './testing/native-fixture.ts'

orchestrationPlaneConformance('native', async () => {
  const fixture = await openNativeFixture()
  const waiting = 'while read -r line; do [ "$line" = exit ] && exit 0; done'
  return {
    plane: fixture.plane,
    repository: fixture.repository,
    agents: {
      working: fixture.agent('working', `gemba-state working\n${waiting}`),
      done: fixture.agent('done', `gemba-state bead-done --bead "$GEMBA_BEAD" --note 'all done'\n${waiting}`, {
        preamble: 'argument',
      }),
      asking: fixture.agent(
        'asking',
        `gemba-ask --kind question --role manager --text 'Which one?' --option left --option right
stty -echo
while read -r line; do gemba-state ready --note "$line"; done`,
      ),
      ending: fixture.agent('ending', 'exit 3'),
      missing: fixture.agent('missing', '', { command: 'no-such-program-anywhere' }),
    },
    close: () => fixture.close(),
  }
})
