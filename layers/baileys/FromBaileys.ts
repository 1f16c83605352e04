import { createRequire } from "node:module"

/** Requires what the library itself gets under that name, whatever else is installed. */
export const fromBaileys = createRequire(
  createRequire(import.meta.url).resolve("@whiskeysockets/baileys"),
)
