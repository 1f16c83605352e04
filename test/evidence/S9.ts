import { Effect } from "effect"
import type { Main } from "../../layers/Main.ts"
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

/** Some wait while others are worked on. They are planned before any is sent, so that a seed says all. */
const atOnce = 8
const rounds = { short: 625, full: 12_500 }

const sentBy =
  (wire: Wire) =>
  ({ sent }: Plan) =>
    wire.send(sent).catch(unanswered)

const trial = (roundsOf: (form: Trial["form"]) => number, main?: typeof Main) => (trial: Trial) =>
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
      const seen = new Set<string>()
      const callers = { key: owner.key, powerless, estates }
      for (let round = 0; round < roundsOf(trial.form); round += 1) {
        const plans = Array.from({ length: atOnce }, () => plan(random, callers, made))
        const replies = yield* Effect.promise(() => Promise.all(plans.map(sentBy(wire))))
        for (const [nth, reply] of replies.entries()) {
          const next = plans[nth]!
          remember(made, next, reply)
          seen.add(`${next.operation.name} ${reply.status}`)
          tally.tried(labelOf(next), complaintsOf(next, reply))
        }
      }
      return tally.outcome({ documentedAnswersSeen: covered(seen) })
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
  promise: "every answer is one that the document promises",
  run: trial((form) => rounds[form]),
  control: trial(() => 50, mainWith({ serve: plainServe })),
}
