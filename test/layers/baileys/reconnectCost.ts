/** Says how many times dearer an `await` is after so many logins of one account, or as many as fit. */
import { awaitTime } from "./AwaitTime.ts"

const [guard, most, seconds] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])]
if (guard === "shared") await import("../../../layers/baileys/Vendor.ts")
const { Emulator } = await import("../../emulator/Emulator.ts")
const { Client, trust } = await import("../../emulator/support/Client.ts")

const emulator = await Emulator.start({ history: false })
trust(emulator)
const first = await Client.link(emulator, emulator.addPerson({ name: "Me" }))
await first.end()

const fresh = await awaitTime()
const until = Date.now() + seconds * 1_000
let logins = 0
while (logins < most && Date.now() < until) {
  const client = await Client.login(emulator, first.auth)
  await client.end()
  logins += 1
}
process.stdout.write(JSON.stringify({ times: (await awaitTime()) / fresh, logins }))
await emulator.stop()
process.exit()
