import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

const pure = ['src/game/**/*.ts', 'machines/**/*.ts'];

export default defineConfig(
  { ignores: ['dist', 'coverage', 'data'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: true },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      'object-shorthand': 'error',
      'no-useless-rename': 'error',
      'no-restricted-syntax': [
        'error',
        {
          selector: 'SpreadElement > ObjectExpression.argument',
          message: 'Name the fields in the literal itself.',
        },
        {
          selector: 'SpreadElement > ArrayExpression.argument',
          message: 'Put the elements into the literal itself.',
        },
      ],
      'max-lines': ['error', 400],
      'max-lines-per-function': ['error', { max: 70, skipComments: true, skipBlankLines: true }],
      complexity: ['warn', { max: 14, variant: 'modified' }],
    },
  },
  {
    files: pure,
    rules: {
      'no-restricted-globals': [
        'error',
        'Date',
        'process',
        'setTimeout',
        'setInterval',
        'console',
        'crypto',
        'performance',
        'Intl',
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'Randomness is data in events.' },
        ...['toLocaleString', 'localeCompare', 'toLocaleLowerCase', 'toLocaleUpperCase'].map((property) => ({
          property,
          message: 'The rules must not depend on a locale.',
        })),
      ],
    },
  },
  {
    files: ['machines/*.machine.ts'],
    // A statechart is one literal that people and tools read as a whole.
    rules: { 'max-lines-per-function': 'off' },
  },
  {
    files: ['test/**/*.ts'],
    rules: { 'max-lines-per-function': 'off' },
  },
);
