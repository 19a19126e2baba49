import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

export default ts.config(
  { ignores: ['dist', 'src/lib/bindings.ts'] },
  js.configs.recommended,
  ...ts.configs.strictTypeChecked,
  ...svelte.configs.recommended,
  prettier,
  ...svelte.configs.prettier,
  {
    languageOptions: {
      globals: globals.browser,
      parserOptions: { projectService: true, extraFileExtensions: ['.svelte'] },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
    // Collections here are built, read and dropped; what changes and is shown is $state.
    rules: { 'svelte/prefer-svelte-reactivity': 'off' },
  },
  {
    // The parser gives what components and snippets hand to a template no type, so these see `any`
    // where there is none. svelte-check knows the types and checks them.
    files: ['**/*.svelte'],
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  {
    // Only api.ts may talk to the shell; everything else goes through it.
    files: ['src/**'],
    ignores: ['src/lib/api.ts', 'src/lib/bindings.ts', 'src/dev/**', 'src/**/*.test.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { group: ['@tauri-apps/*'], message: 'Import $lib/api instead.' },
            {
              regex: 'bindings$',
              allowTypeImports: false,
              message: 'Import $lib/api instead: it is the only importer of the bindings.',
            },
          ],
        },
      ],
    },
  },
  { files: ['*.js'], ...ts.configs.disableTypeChecked },
);
