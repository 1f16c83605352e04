/**
 * `whatsapp.ts COUNT [FOLDER]`: an emulated WhatsApp with that many people, each with a
 * device whose credentials are in the folder, if one is named. Tells its address.
 */
import { once } from "node:events"
import { Emulator } from "../../emulator/Emulator.ts"
import { silenceLibsignal } from "../../emulator/people/Silence.ts"
import { writeAccount } from "./Accounts.ts"
import { enrol, settle } from "./Enrolment.ts"

const [count, folder] = process.argv.slice(2)

silenceLibsignal()
const emulator = await Emulator.start()
const { crowd, owners } = settle(emulator, Number(count))
if (folder !== undefined)
  owners.forEach((person, nth) => writeAccount(folder, nth, enrol(person, crowd)))
console.log(
  JSON.stringify({
    url: emulator.url,
    control: emulator.controlUrl,
    people: owners.map(({ pn }) => pn),
  }),
)
process.stdin.resume()
await once(process.stdin, "end")
process.exit(0)
