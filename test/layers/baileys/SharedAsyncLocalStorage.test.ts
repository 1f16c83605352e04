import { describe, expect, it } from "@effect/vitest"
import { AsyncLocalStorage } from "node:async_hooks"
import { spawnSync } from "node:child_process"
import { setImmediate as turn } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { SharedAsyncLocalStorage } from "../../../layers/baileys/SharedAsyncLocalStorage.ts"

/** What a script says, in a process of its own. */
const said = (name: string, ...args: ReadonlyArray<string>) => {
  const script = fileURLToPath(new URL(name, import.meta.url))
  const { stdout } = spawnSync(process.execPath, ["--import", "tsx", script, ...args], {
    encoding: "utf8",
  })
  return JSON.parse(stdout) as { readonly times: number; readonly logins: number }
}

describe("SharedAsyncLocalStorage", () => {
  it("keeps the value of a run across awaits, to itself", async () => {
    const storage = new SharedAsyncLocalStorage<string>()
    const run = (value: string) =>
      storage.run(value, async () => {
        await turn()
        return storage.getStore()
      })
    expect(await Promise.all([run("a"), run("b")])).toEqual(["a", "b"])
    expect(storage.getStore()).toBeUndefined()
  })

  it("keeps storages apart, inside of each other too", async () => {
    const outer = new SharedAsyncLocalStorage<string>()
    const inner = new SharedAsyncLocalStorage<string>()
    const both = await outer.run("outer", () =>
      inner.run("inner", async () => {
        await turn()
        return [outer.getStore(), inner.getStore()]
      }),
    )
    expect(both).toEqual(["outer", "inner"])
  })

  it("leaves the value for the time of an exit", () => {
    const storage = new SharedAsyncLocalStorage<string>()
    const seen = storage.run("in", () => [
      storage.exit(() => storage.getStore()),
      storage.getStore(),
    ])
    expect(seen).toEqual([undefined, "in"])
  })

  it.skipIf(Number(process.versions.node.split(".")[0]) >= 24)(
    "takes the place of Node's own before version 24",
    () => {
      expect(new AsyncLocalStorage()).toBeInstanceOf(SharedAsyncLocalStorage)
    },
  )

  describe.skipIf(Number(process.versions.node.split(".")[0]) >= 24)("after many sockets", () => {
    /** How many times dearer an `await` is than before them. */
    const growth = (guard: "none" | "shared", ...args: ReadonlyArray<string>) =>
      said("awaitCost.ts", guard, ...args).times

    it("costs an await no more than before, after 400", () => {
      expect(growth("shared", "400")).toBeLessThan(2)
    })

    it("is needed: of its own, each makes every await dearer", () => {
      expect(growth("none", "40")).toBeGreaterThan(2)
    }, 120_000)

    it("costs an await no more after an account has logged in 400 times", () => {
      const { logins, times } = said("reconnectCost.ts", "shared", "400", "40")
      // A slow machine does not get that far; without the answer twenty are enough to tell.
      expect(logins).toBeGreaterThan(20)
      expect(times).toBeLessThan(2)
    }, 120_000)

    it("is needed where an account logs in again and again", () => {
      const { times } = said("reconnectCost.ts", "none", "20", "40")
      expect(times).toBeGreaterThan(2)
    }, 120_000)
  })
})
