/** Says how many times dearer an `await` is after so many sockets have come and gone. */
import type * as Baileys from "@whiskeysockets/baileys"
import { createRequire } from "node:module"
import { awaitTime } from "./AwaitTime.ts"

const [guard, sockets] = [process.argv[2], Number(process.argv[3])]
if (guard === "shared") await import("../../../layers/baileys/Vendor.ts")
const fromHere = createRequire(import.meta.url)
const { addTransactionCapability } = (await import(
  fromHere.resolve("@whiskeysockets/baileys")
)) as typeof Baileys

const ignore = () => {}
const silent = {
  level: "silent",
  child: () => silent as never,
  trace: ignore,
  debug: ignore,
  info: ignore,
  warn: ignore,
  error: ignore,
}
const store = { get: () => ({}), set: () => {} }

/** What every socket leaves behind: the context of its key transactions. */
const comeAndGo = async () => {
  const options = { maxCommitRetries: 1, delayBetweenTriesMs: 0 }
  await addTransactionCapability(store, silent, options).transaction(async () => {}, "key")
}

await comeAndGo()
const fresh = await awaitTime()
for (let nth = 0; nth < sockets; nth += 1) await comeAndGo()
process.stdout.write(JSON.stringify({ times: (await awaitTime()) / fresh }))
