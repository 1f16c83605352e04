import { describe, expect, it } from "@effect/vitest"
import { Either, Option, Redacted } from "effect"
import { randomBytes } from "node:crypto"
import { inspect } from "node:util"
import { type Environment, Settings, settingsTable } from "../../src/Settings.ts"

const parsed = (env: Environment) => Either.getOrThrow(Settings.parse(env))
const problems = (env: Environment) => Either.getOrThrow(Either.flip(Settings.parse(env)))
const names = (env: Environment) => problems(env).map(({ name }) => name)

const key = randomBytes(32).toString("base64")
const remote = {
  AUTH_JWKS_URL: "https://id.example.com/jwks.json",
  AUTH_ISSUER: "https://id.example.com",
  AUTH_AUDIENCE: "gateway",
}

describe("Settings.parse", () => {
  it("needs nothing: an empty environment is complete", () => {
    const settings = parsed({})
    expect(settings).toMatchObject({
      host: "127.0.0.1",
      port: 3000,
      dataDir: "./data",
      databaseUrl: undefined,
      databasePool: 10,
      masterKey: undefined,
      plugins: [],
      metricsToken: undefined,
      corsOrigins: [],
      logLevel: "info",
      bodyLimit: 1_048_576,
      requestTimeoutSeconds: 30,
      maxConnections: 1024,
    })
    expect(settings.auth.provider).toEqual({ _tag: "None" })
    expect(settings.whatsapp.url.href).toBe("wss://web.whatsapp.com/ws/chat")
  })

  it("has defaults that its own rules accept", () => {
    const refused = settingsTable.filter(
      ({ default: standard, kind }) => standard !== undefined && Option.isNone(kind.read(standard)),
    )
    expect(refused).toEqual([])
  })

  it("takes an empty text for unset", () => {
    expect(parsed({ PORT: "", GATEWAY_MASTER_KEY: "" })).toEqual(parsed({}))
  })

  it("reads what is given", () => {
    const settings = parsed({
      PORT: "0",
      GATEWAY_PLUGINS: "a, ./b.js,a",
      CORS_ORIGINS: "https://a.example,http://b.example:8080",
      WHATSAPP_VERSION: "2.3000.1043857760",
      AUTH_ALGORITHMS: "EdDSA",
    })
    expect(settings.port).toBe(0)
    expect(settings.plugins).toEqual(["a", "./b.js"])
    expect(settings.corsOrigins).toEqual(["https://a.example", "http://b.example:8080"])
    expect(settings.whatsapp.version).toEqual([2, 3000, 1043857760])
    expect(settings.auth.algorithms).toEqual(["EdDSA"])
  })

  it("names every problem at once, in the order of the table", () => {
    const env = {
      PORT: "80 80",
      AUTH_JWKS_URL: "https://id.example.com/jwks",
      DATABASE_POOL: "0",
      LOG_LEVEL: "loud",
      GATEWAY_PLUGIN: "x",
    }
    expect(names(env)).toEqual([
      "PORT",
      "DATABASE_POOL",
      "LOG_LEVEL",
      "AUTH_ISSUER",
      "AUTH_AUDIENCE",
      "GATEWAY_PLUGIN",
    ])
  })

  it.each([
    ["HOST", "a b"],
    ["PORT", "-1"],
    ["PORT", "65536"],
    ["PORT", "1e3"],
    ["PORT", "0x10"],
    ["DATABASE_URL", "mysql://localhost/x"],
    ["GATEWAY_MASTER_KEY", "c2hvcnQ="],
    ["GATEWAY_MASTER_KEY", "x".repeat(44)],
    ["GATEWAY_ID", "a/b"],
    ["AUTH_ALGORITHMS", "HS256"],
    ["AUTH_ALGORITHMS", "RS256,none"],
    ["AUTH_ALGORITHMS", "RS256,"],
    ["AUTH_LOCAL", "true"],
    ["WHATSAPP_VERSION", "2.3000"],
    ["WHATSAPP_URL", "https://web.whatsapp.com"],
    ["WHATSAPP_URL", "wss://user:password@web.whatsapp.com/ws/chat"],
    ["WHATSAPP_ALLOW_INSECURE", "yes"],
    ["CORS_ORIGINS", "*"],
    ["CORS_ORIGINS", "https://a.example/"],
    ["BODY_LIMIT", "1MiB"],
    ["REQUEST_TIMEOUT_SECONDS", "0"],
  ])("refuses %s=%s", (name, value) => expect(names({ [name]: value })).toEqual([name]))

  it("never says what it found, secret or not", () => {
    const canary = "canary-4711"
    const env = Object.fromEntries(settingsTable.map(({ name }) => [name, ` ${canary}\n`]))
    expect(problems(env).length).toBeGreaterThan(15)
    expect(JSON.stringify(problems({ ...env, AUTH_OTHER: canary }))).not.toContain(canary)
  })

  it("keeps secrets out of every way to print it", () => {
    const settings = parsed({ DATABASE_URL: "postgres://u:canary@h/d", GATEWAY_MASTER_KEY: key })
    expect(inspect(settings, { depth: null })).not.toContain("canary")
    expect(JSON.stringify(settings)).not.toContain("canary")
    expect(Redacted.value(settings.databaseUrl!)).toContain("canary")
    expect(Buffer.from(Redacted.value(settings.masterKey!)).toString("base64")).toBe(key)
  })
})

describe("Settings.parse, unknown variables", () => {
  it("takes a misspelt setting for a typo", () => {
    expect(problems({ DATABASE_POOLS: "5", GATEWAY_MASTERKEY: key })).toEqual([
      { name: "DATABASE_POOLS", expected: "no such setting; did you mean DATABASE_POOL?" },
      { name: "GATEWAY_MASTERKEY", expected: "no such setting; did you mean GATEWAY_MASTER_KEY?" },
    ])
  })

  it.each([
    ["LOG_LEVLE", "LOG_LEVEL"],
    ["LOG_LEVELS", "LOG_LEVEL"],
    ["CORS_ORIGIN", "CORS_ORIGINS"],
    ["METRIC_TOKEN", "METRICS_TOKEN"],
    ["MAX_CONNECTION", "MAX_CONNECTIONS"],
    ["BODY_LIMITS", "BODY_LIMIT"],
    ["REQUEST_TIMEOUT", "REQUEST_TIMEOUT_SECONDS"],
    ["DATA_DIRS", "DATA_DIR"],
  ])("knows %s for %s, misspelt, whatever the prefix", (typo, meant) => {
    const expected = `no such setting; did you mean ${meant}?`
    expect(problems({ [typo]: "1" })).toEqual([{ name: typo, expected }])
  })

  it("leaves the variables of others alone", () => {
    const names = `PATH HOME PWD OLDPWD SHLVL TERM LANG LC_ALL TZ USER LOGNAME HOSTNAME HOSTS PORTS
      PGHOST PGPORT PGDATA DATADIR BASE_DIR LOGLEVEL LOG_FORMAT LOG_FILE DEBUG NODE_ENV NODE_OPTIONS
      NODE_VERSION NODE_PATH HTTP_PROXY HTTPS_PROXY NO_PROXY XDG_DATA_DIRS XDG_DATA_HOME API_TOKEN
      MAX_RETRIES METRICS_PORT METRICS_PATH CORS_ENABLED BODY_PARSER REQUEST_ID CI KUBERNETES_PORT
      SSH_AUTH_SOCK SSL_CERT_FILE SSL_CERT_DIR TMPDIR EDITOR MAIL INVOCATION_ID JOURNAL_STREAM`
    const env = Object.fromEntries(names.split(/\s+/).map((name) => [name, "1"]))
    expect(Settings.parse(env)).toEqual(Settings.parse({}))
  })

  it("leaves what this machine sets alone", () => {
    const ours = new Set(settingsTable.map(({ name }) => name))
    const others = Object.entries(process.env).filter(([name]) => !ours.has(name))
    expect(Either.isRight(Settings.parse(Object.fromEntries(others)))).toBe(true)
  })

  it("leaves Kubernetes service links alone, but not a port that a person set", () => {
    const links = {
      GATEWAY_SERVICE_HOST: "10.0.0.1",
      GATEWAY_SERVICE_PORT_HTTP: "80",
      GATEWAY_PORT: "tcp://10.0.0.1:80",
      GATEWAY_PORT_80_TCP_ADDR: "10.0.0.1",
    }
    expect(Either.isRight(Settings.parse(links))).toBe(true)
    expect(names({ GATEWAY_PORT: "3000" })).toEqual(["GATEWAY_PORT"])
  })
})

describe("Settings.parse, rules between settings", () => {
  it("has a provider once its keys, issuer and audience are given", () => {
    const provider = {
      _tag: "Remote",
      jwksUrl: new URL(remote.AUTH_JWKS_URL),
      issuer: remote.AUTH_ISSUER,
      audience: remote.AUTH_AUDIENCE,
    }
    expect(parsed(remote).auth.provider).toEqual(provider)
  })

  it("asks for the keys when only an issuer is given", () => {
    expect(names({ AUTH_ISSUER: "x" })).toEqual(["AUTH_JWKS_URL"])
  })

  it("fetches keys in the clear from this machine only", () => {
    const at = (AUTH_JWKS_URL: string) => Settings.parse({ ...remote, AUTH_JWKS_URL })
    expect(Either.isRight(at("http://127.0.0.1:9000/jwks"))).toBe(true)
    expect(Either.isRight(at("http://[::1]:9000/jwks"))).toBe(true)
    expect(Either.isLeft(at("http://id.example.com/jwks"))).toBe(true)
    expect(Either.isLeft(at("http://127.0.0.1.example.com/jwks"))).toBe(true)
  })

  it("is its own provider when told so, never beside another one", () => {
    expect(parsed({ AUTH_LOCAL: "on" }).auth.provider._tag).toBe("Local")
    expect(names({ ...remote, AUTH_LOCAL: "on" })).toEqual(["AUTH_LOCAL"])
    expect(names({ AUTH_LOCAL: "on", AUTH_ALGORITHMS: "RS256" })).toEqual(["AUTH_ALGORITHMS"])
  })

  it("knows a previous master key only beside the present one", () => {
    const both = { GATEWAY_MASTER_KEY: key, GATEWAY_MASTER_KEY_PREVIOUS: key }
    expect(parsed(both).previousMasterKey).toBeDefined()
    expect(names({ GATEWAY_MASTER_KEY_PREVIOUS: key })).toEqual(["GATEWAY_MASTER_KEY"])
  })

  it("takes no more connections than the embedded database has to give", () => {
    expect(names({ DATABASE_POOL: "41" })).toEqual(["DATABASE_POOL"])
    expect(parsed({ DATABASE_POOL: "40" }).databasePool).toBe(40)
    const elsewhere = { DATABASE_POOL: "400", DATABASE_URL: "postgres://db.example/gateway" }
    expect(parsed(elsewhere).databasePool).toBe(400)
  })

  it("lets the socket go in the clear to this machine only, and only when allowed", () => {
    const at = (WHATSAPP_URL: string) =>
      Settings.parse({ WHATSAPP_URL, WHATSAPP_ALLOW_INSECURE: "loopback" })
    expect(Either.isRight(at("ws://127.0.0.1:9001/ws/chat"))).toBe(true)
    expect(Either.isRight(at("wss://elsewhere.example/ws"))).toBe(true)
    expect(Either.isLeft(at("ws://10.0.0.1/ws/chat"))).toBe(true)
    expect(Either.isLeft(at("ws://localhost.example.com/ws"))).toBe(true)
    expect(names({ WHATSAPP_URL: "ws://127.0.0.1:9001/ws/chat" })).toEqual(["WHATSAPP_URL"])
  })
})

describe("Settings.describe", () => {
  it("says what is in force and where it came from", () => {
    const rows = Settings.describe({ PORT: "8080" })
    expect(rows).toHaveLength(settingsTable.length)
    expect(rows).toContainEqual({ name: "PORT", value: "8080", origin: "environment" })
    expect(rows).toContainEqual({ name: "LOG_LEVEL", value: "info", origin: "default" })
  })

  it("marks what is wrong, with what was expected, and what is misspelt", () => {
    const rows = Settings.describe({ PORT: "99999", AUTH_ISSUER: "x", LOG_LEVLE: "debug" })
    const marked = rows.filter(({ problem }) => problem !== undefined)
    expect(rows).toHaveLength(settingsTable.length + 1)
    expect(marked.map(({ name, problem }) => [name, problem])).toEqual([
      ["PORT", "an integer from 0 to 65535"],
      ["AUTH_JWKS_URL", expect.stringContaining("to be set")],
      ["LOG_LEVLE", "no such setting; did you mean LOG_LEVEL?"],
    ])
  })

  it("shows neither secrets nor values that are not valid", () => {
    const env = {
      DATABASE_URL: "postgres://u:canary@h/d",
      GATEWAY_MASTER_KEY: "canary",
      PORT: "canary",
    }
    const rows = Settings.describe(env)
    expect(JSON.stringify(rows)).not.toContain("canary")
    expect(rows).toContainEqual({ name: "DATABASE_URL", value: "(secret)", origin: "environment" })
    expect(rows).toContainEqual(expect.objectContaining({ name: "PORT", value: "(not valid)" }))
  })
})

describe("settingsTable", () => {
  it("names each setting once and gives every one a sentence", () => {
    expect(new Set(settingsTable.map(({ name }) => name)).size).toBe(settingsTable.length)
    for (const { reason } of settingsTable) expect(reason).toMatch(/^[A-Z].*\.$/)
  })
})
