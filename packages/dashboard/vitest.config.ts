import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [react({ jsxImportSource: '#visible' })],
  test: {
    name: 'dashboard',
    environment: 'jsdom',
    include: ['src/**/*.test.{ts,tsx}'],
    setupFiles: ['src/testing/setup.ts'],
    // These tests wait for conditions: on a busy machine they take longer, and mean the same.
    testTimeout: 30_000,
    env: { TZ: 'UTC' },
  },
});
