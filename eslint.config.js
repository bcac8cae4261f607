import vue from 'eslint-plugin-vue'
import tseslint from 'typescript-eslint'
import { boundariesRule } from './scripts/boundaries-rule.mjs'

const gemba = { plugins: { gemba: { rules: { boundaries: boundariesRule } } }, rules: { 'gemba/boundaries': 'error' } }

export default tseslint.config(
  {
    ignores: [
      'dist/',
      'node_modules/',
      '.example/',
      '.cache/',
      'coverage/',
      'test/fixtures/',
      '**/*.generated.*',
      '**/*.d.mts',
    ],
  },
  {
    files: ['**/*.ts', '**/*.vue'],
    extends: [tseslint.configs.recommended],
    rules: {
      'no-console': 'error',
      'prefer-const': ['error', { ignoreReadBeforeAssign: true }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', caughtErrorsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/ban-ts-comment': 'error',
    },
  },
  {
    files: ['**/*.ts'],
    ignores: ['web/**', 'eslint.config.js'],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { arguments: false } }],
      '@typescript-eslint/await-thenable': 'error',
    },
  },
  { files: ['test/**', '**/*.test.ts', 'scripts/**'], rules: { 'no-console': 'off' } },
  ...vue.configs['flat/recommended'].map((config) => ({ ...config, files: ['**/*.vue'] })),
  {
    files: ['**/*.vue'],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
    rules: {
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/html-self-closing': 'off',
      'vue/html-indent': 'off',
      'vue/html-closing-bracket-newline': 'off',
      'vue/first-attribute-linebreak': 'off',
      'vue/multiline-html-element-content-newline': 'off',
      'vue/multi-word-component-names': 'off',
    },
  },
  { files: ['**/*.ts', '**/*.vue', '**/*.mjs'], ...gemba },
)
