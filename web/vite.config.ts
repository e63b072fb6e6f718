import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  plugins: [vue()],
  build: { chunkSizeWarningLimit: 1500 },
  define: { __INTLIFY_PROD_DEVTOOLS__: false, __VUE_I18N_LEGACY_API__: false },
  server: {
    proxy: { '/api': { target: 'http://127.0.0.1:7311', ws: true } },
    // The test of the catalogues reads the codes of rules where they are listed.
    fs: { allow: ['.', '../crates/live/src'] },
  },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.ts'],
    unstubGlobals: true,
    restoreMocks: true,
    // The tests of time zones mean something only where the zone is not the one they expect.
    env: { TZ: 'America/New_York' },
  },
})
