import { parseArgs } from "node:util"
import { Emulator } from "./Emulator.ts"
import { silenceLibsignal } from "./people/Silence.ts"

silenceLibsignal()

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "0" },
    seed: { type: "string", default: "1" },
    "no-history": { type: "boolean", default: false },
  },
})

const emulator = await Emulator.start({
  port: Number(values.port),
  seed: Number(values.seed),
  history: !values["no-history"],
})
console.log(`WhatsApp emulator at ${emulator.url}, control at ${emulator.controlUrl}`)

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => void emulator.stop())
}
