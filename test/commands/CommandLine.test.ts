import { afterAll, beforeAll, describe, expect, it } from "@effect/vitest"
import { once } from "node:events"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { type AddressInfo, createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { GatewayProcess } from "../support/GatewayProcess.ts"
import { runCommand } from "../support/RunCommand.ts"

const folders: Array<string> = []
const freshFolder = () => {
  folders.push(mkdtempSync(join(tmpdir(), "gateway-commands-")))
  return folders.at(-1)!
}
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })))

/** The value that a command prints for programs. */
const ask = async (folder: string, ...words: ReadonlyArray<string>) => {
  const { code, err, out } = await runCommand([...words, "--json"], { env: { DATA_DIR: folder } })
  if (code !== 0) throw new Error(err)
  return JSON.parse(out)
}

const refusal = async (
  words: ReadonlyArray<string>,
  env: Readonly<Record<string, string>> = {},
) => {
  const { code, err, out } = await runCommand(words, { env })
  return { refused: code !== 0, said: err.trim(), out }
}

const statusFor = async ({ url }: GatewayProcess, token: string) => {
  const response = await fetch(`${url}/api/v1/sessions`, {
    headers: { authorization: `Bearer ${token}` },
  })
  await response.arrayBuffer()
  return response.status
}

// Each command is a process that loads the whole gateway.
const patience = 90_000

describe("the command line beside a running gateway", () => {
  const folder = freshFolder()
  let gateway: GatewayProcess

  beforeAll(async () => {
    gateway = await GatewayProcess.start({ env: { DATA_DIR: folder, PORT: "0" } })
  }, patience)
  afterAll(() => gateway.end())

  it(
    "makes a key that opens the gateway at once, and takes it back within a second",
    async () => {
      const { id } = await ask(folder, "organizations", "create", "Acme")
      const of = ["--organization", id]
      const words = ["keys", "create", ...of, "--capabilities", "read,send"]
      const { id: key, token } = await ask(folder, ...words)
      expect(await statusFor(gateway, token)).toBe(200)

      const listed = await ask(folder, "keys", "list", ...of)
      expect(listed).toMatchObject([{ id: key, capabilities: ["read", "send"] }])
      expect(JSON.stringify(listed)).not.toContain(token.split("_")[2])

      await ask(folder, "keys", "remove", key, ...of)
      const removed = performance.now()
      while ((await statusFor(gateway, token)) !== 401) await sleep(10)
      expect(performance.now() - removed).toBeLessThan(1100)
    },
    patience,
  )

  it(
    "replaces the master key under the gateway, whose keys stay valid",
    async () => {
      const before = readFileSync(join(folder, "master.key"), "utf8")
      const { masterKey } = await ask(folder, "secrets", "rotate")
      expect(masterKey).toMatch(/^[0-9a-f]{8}$/)
      expect(readFileSync(join(folder, "master.key"), "utf8")).not.toBe(before)
      expect(await statusFor(gateway, gateway.firstKey!)).toBe(200)
    },
    patience,
  )

  it(
    "refuses a second gateway and names the first",
    async () => {
      const { refused, said } = await refusal(["start"], { DATA_DIR: folder, PORT: "0" })
      expect(refused).toBe(true)
      expect(said).toContain(`is in use by a running gateway (process ${gateway.pid})`)
    },
    patience,
  )

  it(
    "says which organization or capability it does not understand",
    async () => {
      const env = { DATA_DIR: folder }
      const unknown = ["--organization", "org_00000000000000000000000000"]
      const said = await Promise.all([
        refusal(["keys", "list", ...unknown], env),
        refusal(["keys", "create", "--organization", "Acme", "--capabilities", "read"], env),
      ])
      expect(said.map(({ refused, said }) => refused && said)).toEqual([
        "organization not found",
        "--organization: expected the id of an organization, as `organizations list` shows it",
      ])
    },
    patience,
  )
})

describe("the command line alone", () => {
  const folder = freshFolder()

  it(
    "starts the database for as long as a command takes, one command after the other",
    async () => {
      const made = await Promise.all([
        ask(folder, "organizations", "create", "Acme"),
        ask(folder, "organizations", "create", "Globex"),
        ask(folder, "migrate"),
      ])
      expect(made[2]).toEqual({ migrated: true })
      const all = await ask(folder, "organizations", "list")
      expect(all).toHaveLength(2)
      expect(all).toEqual(expect.arrayContaining(made.slice(0, 2)))
    },
    patience,
  )

  it(
    "says why it can not listen",
    async () => {
      const taken = createServer().listen(0, "127.0.0.1")
      await once(taken, "listening")
      const { port } = taken.address() as AddressInfo
      const { said } = await refusal(["start"], { DATA_DIR: folder, PORT: String(port) })
      taken.close()
      expect(said).toContain(`address already in use 127.0.0.1:${port}`)
    },
    patience,
  )
})

describe("tokens issue", () => {
  const folder = freshFolder()
  const env = { DATA_DIR: folder, PORT: "0", AUTH_LOCAL: "on" }
  const issue = (organization: string, ...more: ReadonlyArray<string>) =>
    ["tokens", "issue", "--organization", organization, "--role", "owner", ...more] as const

  it(
    "signs what a gateway with AUTH_LOCAL=on accepts, and no other",
    async () => {
      const { id } = await ask(folder, "organizations", "create", "Acme")
      const { code, err, out } = await runCommand(issue(id, "--hours", "0.5"), { env })
      expect([code, err]).toEqual([0, ""])
      const token = out.trim()

      const on = await GatewayProcess.start({ env })
      expect(await statusFor(on, token)).toBe(200)
      await on.end()
      const off = await GatewayProcess.start({ env: { ...env, AUTH_LOCAL: "off" } })
      expect(await statusFor(off, token)).toBe(401)
      await off.end()
    },
    patience,
  )

  it(
    "refuses what would open nothing: no hours, no such organization, no AUTH_LOCAL",
    async () => {
      const { id } = await ask(folder, "organizations", "create", "Globex")
      const said = await Promise.all([
        refusal(issue(id, "--hours", "abc"), env),
        refusal(issue(id, "--hours=-5"), env),
        refusal(issue("org_00000000000000000000000000"), env),
        refusal(issue(id), { DATA_DIR: folder }),
      ])
      const number = "--hours: expected a number above 0, up to 100000"
      expect(said.map(({ out, refused, said }) => refused && out + said)).toEqual([
        number,
        number,
        "organization not found",
        "AUTH_LOCAL: expected on; tokens of another provider are issued there",
      ])
    },
    patience,
  )
})

describe("the command line without a database", () => {
  it(
    "shows every setting and where it came from, but no secret",
    async () => {
      const env = { PORT: "4711", DATABASE_URL: "postgresql://me:hunter2@127.0.0.1/gateway" }
      const { out } = await runCommand(["config", "--json"], { env })
      const settings = JSON.parse(out)
      expect(settings).toContainEqual({ name: "PORT", value: "4711", origin: "environment" })
      expect(settings).toContainEqual({ name: "LOG_LEVEL", value: "info", origin: "default" })
      const hidden = { name: "DATABASE_URL", value: "(secret)", origin: "environment" }
      expect(settings).toContainEqual(hidden)
      expect(out).not.toContain("hunter2")
    },
    patience,
  )

  it(
    "shows every setting also when some are wrong, marks those, and fails",
    async () => {
      const { code, err, out } = await runCommand(["config"], {
        env: { PORT: "hunter2", LOG_LEVLE: "hunter2" },
      })
      expect(code).not.toBe(0)
      expect(out).toMatch(/^HOST +127\.0\.0\.1 +default$/m)
      expect(out).toMatch(/^PORT +\(not valid\) +environment +<- an integer/m)
      expect(out).toMatch(/^LOG_LEVLE +environment +<- no such setting/m)
      expect(err).toContain("PORT, LOG_LEVLE")
      expect(out + err).not.toContain("hunter2")
    },
    patience,
  )

  it(
    "shows every plugin with what it serves",
    async () => {
      const { out } = await runCommand(["plugins", "list"])
      expect(out).toMatch(/^groups +getGroup +GET +\/api\/v1\/sessions\/:session\/groups/m)
    },
    patience,
  )

  it(
    "stops at a wrong setting with its name and what was expected, never its value",
    async () => {
      const wrong = { GATEWAY_MASTER_KEY: "hunter2", PORT: "hunter2" }
      const { out, refused, said } = await refusal(["start"], wrong)
      expect(refused).toBe(true)
      expect(said).toMatch(/^PORT: expected an integer from 0 to 65535$/m)
      expect(said).toMatch(/^GATEWAY_MASTER_KEY: expected /m)
      expect(said + out).not.toContain("hunter2")
    },
    patience,
  )

  it(
    "explains itself to whom it does not understand",
    async () => {
      const { refused, said } = await refusal(["keys"])
      expect(refused).toBe(true)
      expect(said).toContain("Usage: gateway COMMAND")
      expect(said).toContain("secrets rotate")
    },
    patience,
  )
})
