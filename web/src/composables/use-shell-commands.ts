import { useRouter } from 'vue-router'
import { useCommands } from '../commands/registry.ts'
import { useConnection } from '../stores/connection.ts'
import { useNewBead } from '../stores/new-bead.ts'
import { useProjectPanel } from '../stores/project-panel.ts'
import { useProject } from '../stores/project.ts'
import { useStatus } from '../stores/status.ts'
import { useProfile } from './use-profile.ts'
import { useSignIn } from './use-sign-in.ts'
import { useTheme } from './use-theme.ts'

/** What can be done from every page: pages that are not offered, and all of them before there is a source, leave it out. */
export function useShellCommands(show: (sheet: 'palette' | 'help') => void | false): void {
  const router = useRouter()
  const connection = useConnection()
  const newBead = useNewBead()
  const panel = useProjectPanel()
  const project = useProject()
  const status = useStatus()
  const theme = useTheme()
  const { has } = useProfile()
  const { signOut } = useSignIn()
  const isOpen = (): boolean => !status.lacksSource
  const to = (path: string) => (): void => void router.push(path)

  useCommands({
    'palette.open': () => show('palette'),
    'help.open': () => show('help'),
    'sign-out': () => void signOut(),
    'theme.switch': () => theme.toggle(),
  })
  useCommands(
    { 'go.board': to('/board'), 'go.exchange': to('/exchange'), 'panel.status': () => panel.enter('status') },
    isOpen,
  )
  useCommands({ 'go.backlog': to('/backlog') }, () => isOpen() && has('backlog'))
  useCommands({ 'go.sessions': to('/sessions') }, () => has('sessions'))
  useCommands({ 'go.inbox': to('/inbox') }, () => has('escalations'))
  useCommands({ 'go.hosts': to('/hosts') }, () => has('hosts'))
  useCommands({ 'panel.history': () => panel.enter('history') }, () => isOpen() && has('history'))
  useCommands({ 'panel.source': () => panel.enter('source') }, () => isOpen() && has('source-selection'))
  useCommands(
    { 'go.temporal': () => void open(project.temporalUi ?? '', '_blank', 'noopener') },
    () => project.temporalUi !== null,
  )
  useCommands(
    { 'bead.new': () => newBead.begin() },
    () => isOpen() && has('authoring') && connection.signIn === 'signed-in',
  )
}
