/** Closes a Signal session the way libsignal does, between two lines of our own. */
import { Effect, Layer } from "effect"
import { createRequire } from "node:module"

interface Entry {
  currentRatchet: unknown
  indexInfo: unknown
}
interface Record {
  closeSession(entry: Entry): void
  openSession(entry: Entry): void
}

const fromBaileys = createRequire(createRequire(import.meta.url).resolve("@whiskeysockets/baileys"))
const SessionRecord = fromBaileys("libsignal/src/session_record.js") as {
  new (): Record
  createEntry(): Entry
}

const guard = process.argv[2]
if (guard !== "none") await import("../../../layers/baileys/Vendor.ts")
const quiet =
  guard === "all"
    ? (await import("../../../layers/baileys/QuietConsole.ts")).QuietConsole
    : Layer.empty

const closing = Effect.sync(() => {
  const entry = SessionRecord.createEntry()
  entry.currentRatchet = { ephemeralKeyPair: { privKey: Buffer.from("private!") } }
  entry.indexInfo = { baseKey: Buffer.from("base"), closed: -1 }
  const record = new SessionRecord()
  record.closeSession(entry)
  record.closeSession(entry)
  record.openSession(entry)
  console.error("Session error:", entry)
  console.info("a line of ours", { entry })
})

await Effect.runPromise(
  Effect.log("before").pipe(
    Effect.zipRight(closing),
    Effect.zipRight(Effect.log("after")),
    Effect.provide(quiet),
  ),
)
