import { inspect } from "node:util"
import { fromBaileys } from "./FromBaileys.ts"

interface RecordClass {
  readonly prototype: object
  readonly createEntry: () => object
}

const SessionRecord = fromBaileys("libsignal/src/session_record.js") as RecordClass
const SessionEntry = SessionRecord.createEntry()

const shown = () => "[signal session]"

// libsignal prints whole session records, private keys included, whenever one is closed or
// replaced. Taught here how they are shown, no console, logger or stack can show more.
for (const prototype of [SessionRecord.prototype, Object.getPrototypeOf(SessionEntry) as object]) {
  Object.assign(prototype, { [inspect.custom]: shown, toString: shown })
}
