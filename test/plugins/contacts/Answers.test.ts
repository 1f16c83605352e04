import { describe, expect, it as test, layer } from "@effect/vitest"
import { Effect } from "effect"
import { api } from "../../support/Http.ts"
import { shapeOf } from "../../support/Shape.ts"
import { named, operations, pathOf } from "./Operations.ts"
import { Stage } from "./Stage.ts"

/** What an operation answers in the reference: status, and the type of every field. */
interface Example {
  readonly status: number
  readonly body?: unknown
}

const contact = {
  businessName: "Acme Corp",
  firstSeenAt: 1_719_662_400_000,
  id: 1024,
  lid: "205227043110953@lid",
  name: "Alice",
  phoneJid: "6281234567890@s.whatsapp.net",
  phoneNumber: "6281234567890",
  updatedAt: 1_719_662_400_000,
}

const detail = {
  dm: true,
  groups: [
    {
      jid: "120363021234567890@g.us",
      lastSeen: 1_719_662_400_000,
      name: "Allotment",
      role: "member",
      tag: "Treasurer",
    },
  ],
  identity: contact,
}

const check = { isOnWhatsApp: true, jid: "6281234567890@s.whatsapp.net", query: "6281234567890" }

const examples: Readonly<Record<string, Example>> = {
  listContacts: { status: 200, body: { data: [contact], nextCursor: "" } },
  getContact: { status: 200, body: detail },
  checkContact: { status: 200, body: check },
  getContactAbout: { status: 200, body: { about: "At the bakery" } },
  getContactPicture: { status: 200, body: { id: "1700000042", url: "https://pps.example/1.jpg" } },
  blockContact: { status: 204 },
  unblockContact: { status: 204 },
}

test("every operation has an example", () => {
  expect(Object.keys(examples).sort()).toEqual(operations.map(({ name }) => name).sort())
})

layer(Stage.layer, { excludeTestServices: true })("the answers of contacts", (it) => {
  describe.each(named(operations))("%s", (name, operation) => {
    it.effect("has the fields and types of its example", () =>
      Effect.gen(function* () {
        const { ada, alice, session } = yield* Stage
        ada.profile.picture = "1700000042"
        const query = operation.query === undefined ? "" : `?phone=${ada.pn}`
        const path = pathOf({ ...operation, query }, session, ada.lidJid)
        const { body, status, text } = yield* api(path, {
          as: alice.key,
          method: operation.method,
        })
        const example = examples[name]!
        expect(status).toBe(example.status)
        if (example.body === undefined) expect(text).toBe("")
        else expect(shapeOf(body)).toEqual(shapeOf(example.body))
      }),
    )
  })
})
