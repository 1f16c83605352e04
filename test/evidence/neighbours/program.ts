/** A WhatsApp of its own for one account, in a process of its own, that makes the trouble it is told to. */
import { randomBytes } from "node:crypto"
import { setPriority } from "node:os"
import { setTimeout as sleep } from "node:timers/promises"
import { Emulator } from "../../emulator/Emulator.ts"
import { historyChunks } from "./History.ts"
import { el, seconds } from "../../emulator/wire/Nodes.ts"

// What it costs to make the trouble is not what is measured.
setPriority(19)

export interface Order {
  readonly id: number
  readonly verb: keyof typeof verbs
  readonly args: ReadonlyArray<never>
}

const emulator = await Emulator.start()
const victim = emulator.addPerson({ name: "Neighbour" })
const [friend, stranger] = [
  emulator.addPerson({ name: "Friend" }),
  emulator.addPerson({ name: "Mallory" }),
]

const settled = async (goal: number) => {
  while (emulator.settled(victim).length < goal) await sleep(20)
}

/** A stanza from a stranger that nothing opens. */
const poison = () =>
  el(
    "message",
    {
      id: randomBytes(10).toString("hex").toUpperCase(),
      from: stranger.pnJid,
      sender_lid: stranger.lidJid,
      type: "text",
      t: seconds(),
    },
    [el("enc", { v: "2", type: "msg" }, randomBytes(120))],
  )

const verbs = {
  link: async (code: string) => {
    await emulator.scanQr(code, victim)
  },

  /** As fast as the line takes them; resolves when all are answered. */
  poison: async (count: number) => {
    const goal = emulator.settled(victim).length + count
    for (let nth = 1; nth <= count; nth += 1) {
      emulator.push(victim, poison())
      if (nth % 200 === 0) await sleep(1)
    }
    await settled(goal)
  },

  populate: async (groups: number, members: number) => {
    emulator.populate({ people: members * 2, groups, members, include: [victim] })
  },

  /** Has the gateway fetch every group again; resolves when WhatsApp has answered. */
  resync: async () => {
    const isAsked = () =>
      emulator.received.filter(({ node }) => node.attrs["xmlns"] === "w:g2").length
    const before = isAsked()
    emulator.push(victim, el("ib", { from: "s.whatsapp.net" }, [el("dirty", { type: "groups" })]))
    while (isAsked() === before) await sleep(20)
  },

  /** In pieces, as phones send it; resolves when all are answered. */
  history: async (messages: number) => {
    const [device] = victim.companions.values()
    const chunks = historyChunks(messages)
    const goal = emulator.settled(victim).length + chunks.length
    for (const chunk of chunks)
      await emulator.server.mail.deliver(device!, victim, chunk, {
        id: emulator.world.ids.message(),
        from: victim.pnJid,
        category: "peer",
        type: "text",
      })
    await settled(goal)
  },

  /** A friend writes; resolves when all of it is answered. */
  chatter: async (count: number) => {
    const goal = emulator.settled(victim).length + count
    for (let nth = 0; nth < count; nth += 1) {
      await emulator.sendText(friend, victim, "how are you?")
      await sleep(20)
    }
    await settled(goal)
  },
}

process.on("message", ({ args, id, verb }: Order) => {
  const done = verbs[verb] as (...args: ReadonlyArray<never>) => Promise<void>
  void done(...args).then(() => process.send?.({ id }))
})
process.on("disconnect", () => process.exit())
process.send?.({ id: 0, url: emulator.url })
