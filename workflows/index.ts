export { dispatch } from './dispatch.ts'
export { escalation } from './escalation.ts'
export { host } from './host.ts'
export { session } from './session.ts'
