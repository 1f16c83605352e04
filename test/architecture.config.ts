import { defineConfig } from "vitest/config"

/** The layout alone, without the database of the whole run: part of `npm run check`. */
export default defineConfig({ test: { include: ["test/architecture.test.ts"] } })
