/** A gateway and a WhatsApp of its own on this machine: links a number, then shows what can be done. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { Emulator } from "../emulator/Emulator.ts"
import { GatewayProcess } from "../support/GatewayProcess.ts"
import { link } from "./Link.ts"
import { tour } from "./Tour.ts"

const { values } = parseArgs({
  options: { port: { type: "string", default: "3000" }, once: { type: "boolean", default: false } },
})

const folder = mkdtempSync(join(tmpdir(), "gateway-demo-"))
const emulator = await Emulator.start()
let gateway: GatewayProcess | undefined

const leave = async (code: number) => {
  await gateway?.end()
  await emulator.stop()
  for (const { tag } of emulator.unsupported) console.error(`the emulator does not know <${tag}>`)
  rmSync(folder, { recursive: true, force: true })
  process.exit(code)
}
process.once("SIGINT", () => void leave(0))
process.once("SIGTERM", () => void leave(0))

try {
  console.log("Starting a gateway, and a WhatsApp for it to talk to …")
  gateway = await GatewayProcess.start({
    env: {
      DATA_DIR: folder,
      GATEWAY_PLUGINS: "./test/demo/Acquaintances.mjs",
      PORT: values.port,
      WHATSAPP_URL: emulator.url,
      WHATSAPP_ALLOW_INSECURE: "loopback",
    },
  })
  const session = await link(gateway, emulator)
  await tour(gateway, session)
  if (values.once) await leave(0)
  console.log("\nAll of it keeps running; the lines above work as they are. Ctrl-C ends it.")
} catch (failure) {
  console.error(failure)
  await leave(1)
}
