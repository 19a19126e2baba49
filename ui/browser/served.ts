/** Builds the page over the played desk once, and serves it while the tests run. */
import { existsSync } from 'node:fs';
import { build, preview } from 'vite';
import type { TestProject } from 'vitest/node';

const CONFIG = { configFile: 'vite.dev.config.ts', logLevel: 'warn' as const };

declare module 'vitest' {
  interface ProvidedContext {
    address: string;
    chromium: string;
  }
}

export default async function served(project: TestProject) {
  const outDir = 'node_modules/.cobro-stage';
  await build({ ...CONFIG, build: { outDir, emptyOutDir: true } });
  const server = await preview({
    ...CONFIG,
    build: { outDir },
    preview: { host: '127.0.0.1', port: 0 },
  });
  project.provide('address', `${server.resolvedUrls?.local[0] ?? ''}dev.html`);
  project.provide('chromium', chromium());
  return () => server.close();
}

/** Where a Chromium lies: `CHROMIUM`, unless that is empty, or the first that is installed. */
function chromium(): string {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'chrome'];
  const folders = (process.env['PATH'] ?? '').split(process.platform === 'win32' ? ';' : ':');
  const named = process.env['CHROMIUM'] ?? '';
  const found =
    named !== ''
      ? named
      : folders
          .flatMap((folder) => names.map((name) => `${folder}/${name}`))
          .find((path) => existsSync(path));
  if (!found) throw new Error('No Chromium was found. Install one, or name it in CHROMIUM.');
  return found;
}
