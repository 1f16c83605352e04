import { isLoopback } from "./Kind.ts"
import type { Problem } from "./Problem.ts"
import type { Values } from "./Table.ts"

type Given = (name: string) => boolean

/** What single values can not say: which settings need, or exclude, each other. */
export const broken = (values: Partial<Values>, given: Given): ReadonlyArray<Problem> => [
  ...identityProvider(values, given),
  ...masterKeys(given),
  ...secureSocket(values),
  ...embeddedPool(values, given),
]

function* identityProvider(values: Partial<Values>, given: Given): Generator<Problem> {
  const local = values.authLocal === "on"
  const remote = given("AUTH_JWKS_URL")
  const matched = ["AUTH_ISSUER", "AUTH_AUDIENCE"]

  if (local && remote)
    yield { name: "AUTH_LOCAL", expected: "off, because AUTH_JWKS_URL names another provider" }
  if (local && values.authAlgorithms?.includes("ES256") === false)
    yield { name: "AUTH_ALGORITHMS", expected: "to have ES256, which AUTH_LOCAL signs with" }
  if (remote)
    for (const name of matched.filter((name) => !given(name)))
      yield { name, expected: "to be set, because AUTH_JWKS_URL is and tokens must match it" }
  if (!remote && !local && matched.some(given))
    yield { name: "AUTH_JWKS_URL", expected: "to be set, because AUTH_ISSUER or AUTH_AUDIENCE is" }
}

function* masterKeys(given: Given): Generator<Problem> {
  if (given("GATEWAY_MASTER_KEY_PREVIOUS") && !given("GATEWAY_MASTER_KEY"))
    yield { name: "GATEWAY_MASTER_KEY", expected: "to be set, because the one before it is" }
}

function* secureSocket(values: Partial<Values>): Generator<Problem> {
  const { whatsappAllowInsecure, whatsappUrl } = values
  if (whatsappUrl === undefined || whatsappUrl.protocol === "wss:") return
  if (whatsappAllowInsecure === "loopback" && isLoopback(whatsappUrl)) return
  yield {
    name: "WHATSAPP_URL",
    expected: "wss:// (ws:// only on loopback with WHATSAPP_ALLOW_INSECURE=loopback)",
  }
}

/** Its server takes sixty connections: fourteen more are ours, and a few are for the command line. */
export const embeddedPoolLimit = 40

function* embeddedPool({ databasePool = 0 }: Partial<Values>, given: Given): Generator<Problem> {
  if (given("DATABASE_URL") || databasePool <= embeddedPoolLimit) return
  yield {
    name: "DATABASE_POOL",
    expected: `at most ${embeddedPoolLimit}, because without DATABASE_URL the database is the embedded one`,
  }
}
