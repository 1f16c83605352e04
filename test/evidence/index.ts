import type { Listed } from "./Row.ts"

/**
 * Every promise that is proved, in the order it runs. Adding one is one file and one line here; it is
 * loaded by whoever proves it, so that none takes the time to load the others.
 */
export const rows: ReadonlyArray<Listed> = [
  { id: "R1", load: async () => (await import("./R1.ts")).R1 },
  { id: "R11", isTimed: true, load: async () => (await import("./R11.ts")).R11 },
  { id: "R12", load: async () => (await import("./R12.ts")).R12 },
  { id: "R13", isTimed: true, load: async () => (await import("./R13.ts")).R13 },
  { id: "R14", load: async () => (await import("./R14.ts")).R14 },
  { id: "R15", load: async () => (await import("./R15.ts")).R15 },
  { id: "R16", isTimed: true, load: async () => (await import("./R16.ts")).R16 },
  { id: "R23", isTimed: true, load: async () => (await import("./R23.ts")).R23 },
  { id: "R24", load: async () => (await import("./R24.ts")).R24 },
  { id: "S1", load: async () => (await import("./S1.ts")).S1 },
  { id: "S2", load: async () => (await import("./S2.ts")).S2 },
  { id: "S3", load: async () => (await import("./S3.ts")).S3 },
  { id: "S4", load: async () => (await import("./S4.ts")).S4 },
  { id: "S4b", load: async () => (await import("./S4b.ts")).S4b },
  { id: "S5", load: async () => (await import("./S5.ts")).S5 },
  { id: "S6", isTimed: true, load: async () => (await import("./S6.ts")).S6 },
  { id: "S7", load: async () => (await import("./S7.ts")).S7 },
  { id: "S9", load: async () => (await import("./S9.ts")).S9 },
  { id: "S10", isTimed: true, load: async () => (await import("./S10.ts")).S10 },
  { id: "S12", load: async () => (await import("./S12.ts")).S12 },
  { id: "S13", load: async () => (await import("./S13.ts")).S13 },
  { id: "S14", load: async () => (await import("./S14.ts")).S14 },
]
