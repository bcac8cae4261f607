import { dirname, join, relative } from 'node:path'
import { importRefused, packageRefused } from './boundaries.mjs'
import { root } from './node24.mjs'

/** The ESLint rule that enforces `boundaries.mjs`. */
export const boundariesRule = {
  meta: { type: 'problem', schema: [], docs: { description: 'Folders import only what the design allows.' } },
  create(context) {
    const file = relative(root, context.filename)
    const check = (node, source, typeOnly) => {
      if (typeof source?.value !== 'string') return
      const name = source.value
      const why = name.startsWith('.')
        ? importRefused(file, relative(root, join(dirname(context.filename), name)), typeOnly)
        : packageRefused(file, name, typeOnly)
      if (why !== undefined) context.report({ node, message: why })
    }
    return {
      ImportDeclaration: (node) => check(node, node.source, isTypeOnly(node, node.importKind)),
      ExportNamedDeclaration: (node) => check(node, node.source, isTypeOnly(node, node.exportKind)),
      ExportAllDeclaration: (node) => check(node, node.source, node.exportKind === 'type'),
      ImportExpression: (node) => check(node, node.source, false),
    }
  },
}

function isTypeOnly(node, kind) {
  if (kind === 'type') return true
  const specifiers = node.specifiers ?? []
  return specifiers.length > 0 && specifiers.every((each) => (each.importKind ?? each.exportKind) === 'type')
}
