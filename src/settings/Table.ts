import * as Kind from "./Kind.ts"
import { type Defaulted, defaulted, optional, secret, type Setting } from "./Setting.ts"

const named = Kind.text(/^\S{1,200}$/, "a name without blanks")
const path = Kind.text(/^[^\0]{1,4096}$/, "a path")

/** Symmetric algorithms are missing on purpose: with them a public key could sign. */
export const algorithms = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  "Ed25519",
] as const

/** Every setting there is, in the order operators read them. */
export const table = {
  host: defaulted(
    "HOST",
    Kind.text(/^[A-Za-z0-9.:_-]{1,253}$/, "a host name or an IP address"),
    "127.0.0.1",
    "Address to listen on; only this machine reaches the default.",
  ),
  port: defaulted(
    "PORT",
    Kind.integer(0, 65_535),
    "3000",
    "Port to listen on; 0 takes a free one and logs it.",
  ),
  dataDir: defaulted(
    "DATA_DIR",
    path,
    "./data",
    "Folder of the embedded database and of generated keys; back it up.",
  ),
  databaseUrl: secret(
    "DATABASE_URL",
    Kind.postgresUrl,
    "PostgreSQL to use; without it a private one runs in DATA_DIR.",
  ),
  databasePool: defaulted(
    "DATABASE_POOL",
    Kind.integer(2, 1000),
    "10",
    "Most database connections for requests; up to fourteen more are for other work.",
  ),
  authJwksUrl: optional(
    "AUTH_JWKS_URL",
    Kind.webUrl,
    "Public keys of the identity provider; without it only API keys are accepted.",
  ),
  authIssuer: optional(
    "AUTH_ISSUER",
    named,
    "The `iss` that login tokens must carry; required with AUTH_JWKS_URL.",
  ),
  authAudience: optional(
    "AUTH_AUDIENCE",
    named,
    "The `aud` that login tokens must carry; required with AUTH_JWKS_URL.",
  ),
  authOrganizationClaim: defaulted(
    "AUTH_ORGANIZATION_CLAIM",
    named,
    "org_id",
    "Claim that names the organization, because providers differ.",
  ),
  authRoleClaim: defaulted(
    "AUTH_ROLE_CLAIM",
    named,
    "role",
    "Claim with the role in the organization: member, admin or owner.",
  ),
  authPlatformClaim: defaulted(
    "AUTH_PLATFORM_CLAIM",
    named,
    "platform_role",
    "Claim that opens /admin when it says super_admin.",
  ),
  authAlgorithms: defaulted(
    "AUTH_ALGORITHMS",
    Kind.list(Kind.oneOf(...algorithms)),
    "RS256,ES256,EdDSA",
    "Signatures to accept on login tokens; a shorter list is a smaller target.",
  ),
  authLocal: defaulted(
    "AUTH_LOCAL",
    Kind.oneOf("off", "on"),
    "off",
    "Issues login tokens itself, for those who have no identity provider.",
  ),
  gatewayId: defaulted(
    "GATEWAY_ID",
    Kind.text(/^[A-Za-z0-9._-]{1,64}$/, "1 to 64 letters, digits, dots, dashes or underscores"),
    "gateway",
    "Name of this process among several; each needs its own.",
  ),
  gatewayMasterKey: secret(
    "GATEWAY_MASTER_KEY",
    Kind.key256,
    "Encrypts what is stored; without it a key is generated into DATA_DIR.",
  ),
  gatewayMasterKeyPrevious: secret(
    "GATEWAY_MASTER_KEY_PREVIOUS",
    Kind.key256,
    "The key before GATEWAY_MASTER_KEY, until `gateway secrets rotate` is done.",
  ),
  gatewayPlugins: optional(
    "GATEWAY_PLUGINS",
    Kind.list(named),
    "Third-party plugins to load, by package name or path.",
  ),
  gatewayPgBin: optional(
    "GATEWAY_PG_BIN",
    path,
    "Folder of PostgreSQL programs, where no packaged ones exist for the platform.",
  ),
  whatsappUrl: defaulted(
    "WHATSAPP_URL",
    Kind.url(["wss:", "ws:"], "a wss:// address without credentials"),
    "wss://web.whatsapp.com/ws/chat",
    "Where sockets connect; another one is for the emulator.",
  ),
  whatsappAllowInsecure: optional(
    "WHATSAPP_ALLOW_INSECURE",
    Kind.oneOf("loopback"),
    "Lets WHATSAPP_URL be ws:// on this machine, for the emulator.",
  ),
  whatsappVersion: optional(
    "WHATSAPP_VERSION",
    Kind.version,
    "Client version to announce when WhatsApp refuses the built-in one.",
  ),
  whatsappLoginsAtOnce: defaulted(
    "WHATSAPP_LOGINS_AT_ONCE",
    Kind.integer(1, 1000),
    "4",
    "Sessions that log in at the same time; each holds up all others for a moment.",
  ),
  whatsappLoginsPerSecond: defaulted(
    "WHATSAPP_LOGINS_PER_SECOND",
    Kind.integer(1, 1000),
    "15",
    "Logins that begin within a second, because WhatsApp notices crowds.",
  ),
  logLevel: defaulted(
    "LOG_LEVEL",
    Kind.oneOf("debug", "info", "warning", "error"),
    "info",
    "Least important line to log; debug is for an hour, not for a week.",
  ),
  metricsToken: secret(
    "METRICS_TOKEN",
    Kind.token,
    "Opens /metrics, which names every tenant; without it there is no such page.",
  ),
  corsOrigins: optional(
    "CORS_ORIGINS",
    Kind.list(Kind.origin),
    "Browser origins that may call; without it none may.",
  ),
  bodyLimit: defaulted(
    "BODY_LIMIT",
    Kind.integer(1024, 1_073_741_824),
    "1048576",
    "Most bytes of a request body; larger ones are refused unread.",
  ),
  requestTimeoutSeconds: defaulted(
    "REQUEST_TIMEOUT_SECONDS",
    Kind.integer(1, 600),
    "30",
    "Longest a request may take to arrive, so that slow callers hold nothing.",
  ),
  maxConnections: defaulted(
    "MAX_CONNECTIONS",
    Kind.integer(1, 1_000_000),
    "1024",
    "Most open HTTP connections; more are closed at once.",
  ),
} as const

type Table = typeof table

/** What the table reads out of an environment, before it is grouped. */
export type Values = {
  readonly [Key in keyof Table]: Table[Key] extends Defaulted<infer A>
    ? A
    : Table[Key] extends Setting<infer A>
      ? A | undefined
      : never
}
