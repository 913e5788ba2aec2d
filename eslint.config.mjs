import { defineConfig } from 'eslint/config'
import astro from 'eslint-plugin-astro'
import ts from 'typescript-eslint'

const clocks = [
  {
    selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
    message: 'This room takes `now` as an argument.',
  },
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: 'This room takes `now` as an argument.',
  },
]

export default defineConfig(
  { ignores: ['dist/', 'coverage/', '.candor/', '.astro/', 'node_modules/'] },
  ...ts.configs.strict,
  ...astro.configs.recommended,
  {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
    },
  },
  {
    files: ['src/{model,derive,feeds,import,components,layouts,pages}/**/*.{ts,astro}'],
    ignores: ['**/*.test.ts'],
    rules: { 'no-restricted-syntax': ['error', ...clocks] },
  },
)
