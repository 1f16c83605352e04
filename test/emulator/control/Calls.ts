import type { Emulator, GroupOptions } from "../Emulator.ts"
import { isKick, type Kick } from "../router/Kicks.ts"
import { describeGroup, type MemberAddMode } from "../world/Group.ts"
import { type Arguments, BadCall } from "./Arguments.ts"
import { describeDelivery, describePerson, receivedFrom } from "./Descriptions.ts"
import { verbs } from "./Verbs.ts"

type Call = (body: Arguments) => unknown

/** Every call of the control API. `GET` reads its arguments from the query. */
export const calls: Record<string, Call> = {
  "GET /": ({ emulator }) => ({
    url: emulator.url,
    rootPublicKey: emulator.rootPublicKey.toString("base64"),
    calls: Object.keys(calls),
    verbs: Object.keys(verbs),
  }),
  "GET /world": ({ emulator }) => emulator.dump(),
  "GET /inbox": ({ emulator }) => emulator.inbox.map(describeDelivery),
  "GET /problems": ({ emulator }) => ({
    unsupported: emulator.unsupported,
    failures: emulator.failures.map(String),
  }),
  "GET /person": (body) => {
    const person = body.person("person")
    const { emulator } = body
    return {
      ...describePerson(person),
      online: emulator.isOnline(person),
      settled: emulator.settled(person),
      unsettled: emulator.unsettled(person).map(({ tag, attrs }) => ({ tag, id: attrs["id"] })),
    }
  },
  "GET /received": (body) => body.emulator.received.flatMap(receivedFrom(body.person("person"))),
  "POST /people": (body) =>
    describePerson(
      body.emulator.addPerson({
        ...body.optional("pn", (name) => body.string(name)),
        ...body.optional("name", (name) => body.string(name)),
        ...body.optional("lid", (name) => body.string(name)),
      }),
    ),
  "POST /groups": (body) => describeGroup(body.emulator.addGroup(groupOptions(body))),
  "POST /populate": (body) => {
    const { people, groups } = body.emulator.populate({
      people: body.number("people"),
      groups: body.number("groups"),
      members: body.number("members"),
      include: body.people("include"),
      ...body.optional("owner", (name) => body.person(name)),
    })
    return { people: people.map(({ pn }) => pn), groups: groups.map(({ jid }) => jid) }
  },
  "POST /scan": async (body) => {
    const { device } = await body.emulator.scanQr(body.string("qr"), body.person("person"))
    return { device }
  },
  "POST /code": async (body) => {
    const person = body.person("person")
    const { device } = await body.emulator.enterPairingCode(person, body.string("code"))
    return { device }
  },
  "POST /act": (body) => {
    const verb = verbs[body.string("do")]
    if (!verb) throw new BadCall(`nobody knows how to ${body.string("do")}`)
    return verb(body.emulator.as(body.person("as")), body)
  },
  "POST /text": async (body) => {
    const [from, to] = [body.person("from"), body.personOrGroup("to")]
    return { id: await body.emulator.sendText(from, to, body.string("text")) }
  },
  "POST /fault": (body) => body.emulator.fault(faultOf(body)),
  "DELETE /faults": ({ emulator }) => emulator.clearFaults(),
  "POST /kick": (body) => body.emulator.kick(body.person("person"), kickOf(body.string("kind"))),
  "POST /refuse-login": (body) =>
    body.emulator.refuseLogin(body.person("person"), body.number("reason"), {
      ...body.optional("times", (name) => body.number(name)),
      ...body.optional("attrs", (name) => body.attrs(name)),
    }),
  "POST /down": (body) => bounce(body.emulator, body.number("milliseconds")),
  "POST /freeze": (body) => body.emulator.freeze(body.person("person")),
  "POST /thaw": (body) => body.emulator.thaw(body.person("person")),
}

/** Goes down only after this call has been answered. */
const bounce = (emulator: Emulator, milliseconds: number) =>
  emulator.server.later(20, async () => {
    await emulator.goDown()
    emulator.server.later(milliseconds, () => emulator.comeBack())
  })

const groupOptions = (body: Arguments): GroupOptions => ({
  subject: body.string("subject"),
  owner: body.person("owner"),
  members: body.people("members"),
  ...body.optional("addressing", (name) => (body.string(name) === "pn" ? "pn" : "lid")),
  ...body.optional("announce", (name) => body.boolean(name)),
  ...body.optional("locked", (name) => body.boolean(name)),
  ...body.optional("approval", (name) => body.boolean(name)),
  ...body.optional("memberAddMode", (name) => memberAddMode(body.string(name))),
  ...body.optional("ephemeral", (name) => body.number(name)),
  ...body.optional("capacity", (name) => body.number(name)),
  ...body.optional("community", (name) => body.boolean(name)),
  ...body.optional("parent", (name) => body.group(name).jid),
})

const memberAddMode = (mode: string): MemberAddMode =>
  mode === "all_member_add" ? mode : "admin_add"

const kickOf = (kind: string): Kick => {
  if (!isKick(kind)) throw new BadCall(`there is no kick called ${kind}`)
  return kind
}

const faultOf = (body: Arguments) => ({
  ...body.optional("tag", (name) => body.string(name)),
  ...body.optional("xmlns", (name) => body.string(name)),
  ...body.optional("type", (name) => body.string(name)),
  ...body.optional("to", (name) => body.string(name)),
  ...body.optional("child", (name) => body.string(name)),
  ...body.optional("person", (name) => body.person(name)),
  ...body.optional("times", (name) => body.number(name)),
  ...body.optional("code", (name) => body.number(name)),
  ...body.optional("text", (name) => body.string(name)),
  ...body.optional("attrs", (name) => body.attrs(name)),
  ...body.optional("drop", (name) => body.boolean(name)),
  ...body.optional("mute", (name) => body.boolean(name)),
  ...body.optional("kick", (name) => kickOf(body.string(name))),
  ...body.optional("delayMs", (name) => body.number(name)),
  ...body.optional("garbage", (name) => body.boolean(name)),
})
