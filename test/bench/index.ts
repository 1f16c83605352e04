import type { Bench } from "./Bench.ts"
import { sessionsBoot } from "./Boot.ts"
import { groupSync } from "./GroupSync.ts"
import { readList } from "./ReadList.ts"
import { readOne } from "./ReadOne.ts"
import { readRls } from "./ReadRls.ts"
import { sessionsIdle } from "./SessionsIdle.ts"

/** Every benchmark. Adding one is one file and one line here. */
export const benches: ReadonlyArray<Bench> = [
  readOne,
  readList,
  readRls,
  groupSync,
  sessionsIdle,
  sessionsBoot,
]
