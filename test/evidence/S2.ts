import { Effect, Layer, Redacted } from "effect"
import { Credentials } from "../../layers/http/Credentials.ts"
import { LocalIdentity } from "../../layers/LocalIdentity.ts"
import type { Organization } from "../../src/domain/Organization.ts"
import { Authorization, Unauthorized } from "../../src/http/Authorization.ts"
import { operations, type Operation } from "../http/Operations.ts"
import { bodiesOf, pathOf, queryOf, unknownIds } from "../http/Requests.ts"
import { keyOf, tenant } from "../support/Gateway.ts"
import { type Answer, send } from "../support/Http.ts"
import { mainWith, onGateway } from "./Gateways.ts"
import type { Row, Trial } from "./Row.ts"
import { Tally } from "./Tally.ts"

/** A credential, and what it may be let in for. */
interface Caller {
  readonly label: string
  readonly may: ReadonlyArray<string>
  readonly token: string
}

const subsets = Array.from({ length: 8 }, (_, bits) =>
  (["read", "send", "manage"] as const).filter((_, index) => bits & (1 << index)),
)

const roles = { member: ["read", "send"], admin: ["read", "send", "manage"] } as const

const keys = (organization: Organization) =>
  Effect.forEach(subsets, (may) =>
    Effect.map(keyOf(organization, may), (token) => ({
      label: `key ${may.join("+")}`,
      may,
      token,
    })),
  )

const logins = Effect.fnUntraced(function* ({ id }: Organization) {
  const { issue } = yield* LocalIdentity
  const login = (role: "member" | "admin" | "owner", superAdmin: boolean) =>
    Effect.map(
      issue({ organization: id, role, subject: "user_1", ttl: "1 hour", superAdmin }),
      (token) => {
        const granted = roles[role === "owner" ? "admin" : role]
        const may = [...granted, ...(superAdmin ? ["super_admin"] : [])]
        return { label: `login ${role}${superAdmin ? " super_admin" : ""}`, may, token }
      },
    )
  return yield* Effect.all([
    login("member", false),
    login("admin", false),
    login("owner", false),
    login("member", true),
  ])
}, Effect.provide(LocalIdentity.Default))

const trial = (main?: ReturnType<typeof mainWith>) => (trial: Trial) =>
  onGateway(
    Effect.gen(function* () {
      const { organization } = yield* tenant()
      const callers = [...(yield* keys(organization)), ...(yield* logins(organization))]
      const tally = new Tally()
      const rounds = trial.form === "full" ? 5 : 1
      const counts = { allowed: 0, denied: 0 }
      for (let round = 0; round < rounds; round += 1) {
        for (const caller of callers) {
          for (const operation of operations) {
            const answer = yield* ask(operation, caller, trial.seed + round)
            counts[isDenied(answer) ? "denied" : "allowed"] += 1
            tally.tried(`${caller.label} ${operation.name}`, complaints(operation, caller, answer))
          }
        }
      }
      return tally.outcome({ ...counts, operations: operations.length, callers: callers.length })
    }),
    main,
  )

const ask = (operation: Operation, { token }: Caller, seed: number) => {
  const [json] = bodiesOf(operation, seed)
  return send(pathOf(operation, unknownIds(operation, seed)) + queryOf(operation, seed), {
    as: token,
    method: operation.method,
    ...(json === undefined ? {} : { json }),
  })
}

const isDenied = ({ body, status }: Answer) =>
  status === 401 || (status === 403 && body.error.details.reason === "capability")

const complaints = ({ requirement }: Operation, { may }: Caller, answer: Answer) => {
  const isDue = !may.includes(requirement)
  if (isDenied(answer) !== isDue) return [isDue ? "is let in" : `is refused: ${answer.text}`]
  const asks = answer.headers.get("www-authenticate") ?? ""
  const told = `error="insufficient_scope", scope="${requirement}"`
  return isDue && !asks.endsWith(told) ? [`is not told its scope: ${asks}`] : []
}

/** The control lets in everybody who has a credential at all: what is needed of it is nowhere compared. */
const careless = Layer.effect(
  Authorization,
  Effect.map(Credentials, ({ verify }) => ({
    bearer: (token: Redacted.Redacted) =>
      Effect.flatten(verify(Redacted.value(token))).pipe(
        Effect.mapError(() => new Unauthorized({ reason: "invalid_token" })),
      ),
  })),
)

export const S2: Row = {
  promise: "a credential opens what its capabilities cover, and nothing else",
  run: trial(),
  control: trial(mainWith({ authorization: careless })),
}
