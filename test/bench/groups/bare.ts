/**
 * `bare.ts URL`: the unpatched library alone. Tells its QR code and then `open`; for every line of input
 * it fetches all groups and tells how many milliseconds that took, and what came of it.
 */
import { createInterface } from "node:readline"
import { initAuthCreds, makeWASocket, type WASocket } from "@whiskeysockets/baileys"
import { MemoryKeys } from "../../emulator/people/MemoryKeys.ts"
import { silenceLibsignal, silentLogger } from "../../emulator/people/Silence.ts"

silenceLibsignal()

const auth = { creds: initAuthCreds(), keys: new MemoryKeys() }

const connect = (): WASocket => {
  const socket = makeWASocket({ auth, waWebSocketUrl: process.argv[2]!, logger: silentLogger })
  socket.ev.on("creds.update", (patch) => void Object.assign(auth.creds, patch))
  socket.ev.on("connection.update", ({ connection, qr }) => {
    if (qr !== undefined) console.log(`qr ${qr}`)
    if (connection === "open") console.log("open")
    if (connection === "close") current = connect()
  })
  return socket
}
let current = connect()

createInterface({ input: process.stdin }).on("line", () => void fetchAll())

const fetchAll = async () => {
  const started = performance.now()
  const groups = Object.values(await current.groupFetchAllParticipating())
  const millis = performance.now() - started
  const members = groups.reduce((sum, { participants }) => sum + participants.length, 0)
  console.log(JSON.stringify({ millis, groups: groups.length, members }))
}
