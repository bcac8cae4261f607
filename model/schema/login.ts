import { Type } from 'typebox'
import { record } from './text.ts'

export const login = record('Login', { token: Type.String({ minLength: 1, maxLength: 512 }) })
