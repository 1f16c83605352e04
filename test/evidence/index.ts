import type { Row } from "./Row.ts"
import { S1 } from "./S1.ts"
import { S2 } from "./S2.ts"
import { S3 } from "./S3.ts"
import { S4 } from "./S4.ts"
import { S4b } from "./S4b.ts"
import { S5 } from "./S5.ts"
import { S6 } from "./S6.ts"
import { S7 } from "./S7.ts"
import { S9 } from "./S9.ts"
import { S10 } from "./S10.ts"
import { S12 } from "./S12.ts"
import { S13 } from "./S13.ts"
import { S14 } from "./S14.ts"
import { R1 } from "./R1.ts"
import { R11 } from "./R11.ts"
import { R12 } from "./R12.ts"
import { R13 } from "./R13.ts"
import { R14 } from "./R14.ts"
import { R15 } from "./R15.ts"
import { R16 } from "./R16.ts"
import { R23 } from "./R23.ts"
import { R24 } from "./R24.ts"

/** Every promise that is proved, in the order it runs. Adding one is one file and one line here. */
export const rows: ReadonlyArray<Row> = [
  R1,
  R11,
  R12,
  R13,
  R14,
  R15,
  R16,
  R23,
  R24,
  S1,
  S2,
  S3,
  S4,
  S4b,
  S5,
  S6,
  S7,
  S9,
  S10,
  S12,
  S13,
  S14,
]
