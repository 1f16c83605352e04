import { Effect } from "effect"
import { estate } from "../http/Estate.ts"
import { keyOf, linked, WhatsApp } from "../support/Gateway.ts"
import { baseUrl } from "../support/Http.ts"
import { mainWith, onGateway, plainServe } from "./Gateways.ts"
import { Random } from "./Random.ts"
import type { Row, Trial } from "./Row.ts"
import { complaintsOf, covered } from "./S9/Complaints.ts"
import { type Made, type Plan, plan } from "./S9/Plan.ts"
import { Tally } from "./Tally.ts"
import { type Reply, Wire } from "./Wire.ts"

const trial = (main?: ReturnType<typeof mainWith>) => (trial: Trial) =>
  onGateway(
    Effect.gen(function* () {
      const owner = yield* estate()
      const powerless = yield* keyOf(owner.organization, [])
      const estates = [owner.ids, owner.beside, yield* onlineIds(owner)]
      const wire = yield* Effect.acquireRelease(
        Effect.map(baseUrl, (url) => new Wire(url)),
        (wire) => Effect.sync(() => wire.close()),
      )
      const random = new Random(trial.seed)
      const made: Made = { sessions: [], "api-keys": [] }
      const tally = new Tally()
      const seen = new Map<string, number>()
      const requests = trial.form === "full" ? 10_000 : 1500
      for (let n = 0; n < requests; n += 1) {
        const next = plan(random, { key: owner.key, powerless, estates }, made)
        const reply = yield* Effect.promise(() => wire.send(next.sent).catch(unanswered))
        remember(made, next, reply)
        const kind = `${next.operation.name} ${reply.status}`
        seen.set(kind, (seen.get(kind) ?? 0) + 1)
        tally.tried(labelOf(next), complaintsOf(next, reply))
      }
      return tally.outcome({ documentedAnswersSeen: covered(new Set(seen.keys())) })
    }),
    main,
  )

const unanswered = (cause: unknown): Reply => ({ status: 599, headers: {}, text: String(cause) })

/** A session that is online, and a group it administers. */
const onlineIds = Effect.fnUntraced(function* (owner: Parameters<typeof linked>[0]) {
  const whatsapp = yield* WhatsApp
  const me = whatsapp.addPerson({ name: "Me" })
  const ada = whatsapp.addPerson({ name: "Ada" })
  const team = whatsapp.addGroup({ subject: "Team", owner: me, members: [ada] })
  const session = yield* linked(owner, me)
  return { sessions: session, groups: team.jid, members: ada.pnJid, contacts: ada.pnJid }
})

const remember = (made: Made, { operation }: Plan, { status, text }: Reply) => {
  if (status !== 201) return
  const { id } = JSON.parse(text) as { id: string }
  if (operation.name === "createSession") made.sessions.push(id)
  if (operation.name === "createApiKey") made["api-keys"].push(id)
}

const labelOf = ({ operation, sent }: Plan) =>
  `${operation.name} ${sent.method} ${sent.target.slice(0, 120)} ${String(sent.body ?? "").slice(0, 80)}`

export const S9: Row = {
  id: "S9",
  promise: "every answer is one that the document promises",
  run: trial(),
  control: (told) => trial(mainWith({ serve: plainServe }))({ ...told, form: "short" }),
}
