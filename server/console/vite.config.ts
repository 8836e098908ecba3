import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

// What is built is committed, so it must come out the same on every machine.
export default defineConfig({
  base: "/console/",
  plugins: [svelte()],
  build: { target: "es2022", modulePreload: false, assetsInlineLimit: 0, chunkSizeWarningLimit: 1000 },
});
