/** Tests that need a layout and real colours: the window over the played desk, in Chromium. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    environment: 'node',
    include: ['browser/**/*.test.ts'],
    globalSetup: 'browser/served.ts',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // One Chromium at a time is enough for one machine.
    fileParallelism: false,
  },
});
