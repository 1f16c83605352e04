import { expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { WhatsApp } from "../../support/Gateway.ts"
import { shapeOf } from "../../support/Shape.ts"
import { asking, target } from "./Causes.ts"
import { declared, operations, pixel } from "./Operations.ts"
import { ask, inWorld, Scene } from "./Scene.ts"

/** What an operation answers in the reference: status, and the type of every field. */
interface Example {
  readonly status: number
  readonly body?: unknown
}

const group = {
  createdAtWa: 1_700_000_000_000,
  description: "What we agreed on",
  firstSeenAt: 1_719_662_400_000,
  groupJid: "120363021234567890@g.us",
  id: 512,
  isAnnounce: false,
  isLocked: false,
  ownerJid: "6281234567890@s.whatsapp.net",
  participantCount: 42,
  subject: "Allotment",
  updatedAt: 1_719_662_400_000,
}

const member = {
  firstSeenAt: 1_719_662_400_000,
  groupJid: "120363021234567890@g.us",
  id: 7781,
  lastSeenAt: 1_719_662_400_000,
  lid: "205227043110953@lid",
  phoneJid: "6281234567890@s.whatsapp.net",
  role: "member",
  sessionId: "01J9ZX8K2QHV0M3T6R7P4N5W8C",
  tag: "~Gardener",
}

const created = {
  description: "",
  groupJid: "120363021234567890@g.us",
  isAnnounce: true,
  isLocked: true,
  ownerJid: "6281234567890@s.whatsapp.net",
  participants: 2,
  subject: "Allotment",
}

const link = { invite: "https://chat.whatsapp.com/HaPq3kLw9ZtYb2RnXv7Cd1" }
const settings = { disappearingSeconds: 0, joinApproval: false, memberAddMode: "admins" }
const list = (item: object) => ({ data: [item], nextCursor: "" })

const examples: Readonly<Record<string, Example>> = {
  listGroups: { status: 200, body: list(group) },
  createGroup: { status: 201, body: created },
  getGroup: { status: 200, body: group },
  updateGroup: { status: 204 },
  getGroupSettings: { status: 200, body: settings },
  updateGroupSettings: { status: 204 },
  listGroupMembers: { status: 200, body: list(member) },
  addGroupMembers: { status: 204 },
  removeGroupMember: { status: 204 },
  promoteGroupMember: { status: 204 },
  demoteGroupMember: { status: 204 },
  listGroupJoinRequests: {
    status: 200,
    body: list({
      lid: "205227043110953@lid",
      method: "invite_link",
      phoneJid: "6281234567890@s.whatsapp.net",
      requestedAt: 1_719_662_400_000,
    }),
  },
  approveGroupMembers: { status: 204 },
  rejectGroupMembers: { status: 204 },
  getGroupInvite: { status: 200, body: link },
  revokeGroupInvite: { status: 200, body: link },
  previewGroupInvite: {
    status: 200,
    body: {
      createdAtWa: 1_700_000_000_000,
      description: "",
      groupJid: "120363021234567890@g.us",
      joinApproval: false,
      ownerJid: "6281234567890@s.whatsapp.net",
      participantCount: 42,
      subject: "Allotment",
    },
  },
  joinGroup: { status: 200, body: { groupJid: "120363021234567890@g.us" } },
  leaveGroup: { status: 204 },
  setGroupPicture: { status: 200, body: { id: "1700000042" } },
  getGroupPicture: { status: 200, body: { id: "1700000042", url: "https://pps.example/1.jpg" } },
  removeGroupPicture: { status: 204 },
}

layer(Scene.layer, { excludeTestServices: true, timeout: "60 seconds" })(
  "the answers of groups",
  (it) => {
    it.effect("have an example each", () =>
      Effect.sync(() => expect(Object.keys(examples).sort()).toEqual([...declared.keys()].sort())),
    )

    it.effect.each(Object.keys(examples))("%s has the fields and types of its example", (name) =>
      Effect.gen(function* () {
        const whatsapp = yield* WhatsApp
        const { ada } = yield* Scene
        const on = yield* target
        const group = yield* inWorld(on.group)
        if (name === "listGroupJoinRequests") {
          group.approval = true
          const { body } = yield* ask(`/groups/${on.group}/invite`)
          whatsapp.as(ada).join(body.invite.split("/").at(-1))
        }
        if (name === "getGroupPicture")
          yield* ask(`/groups/${on.group}/picture`, { method: "PUT", json: { image: pixel } })
        const { body, status, text } = yield* asking(name, on)
        const example = examples[name]!
        expect(status).toBe(example.status)
        if (example.body === undefined) expect(text).toBe("")
        else expect(shapeOf(body)).toEqual(shapeOf(example.body))
      }),
    )

    it.effect("come from what is stored exactly where WhatsApp is not asked", () =>
      Effect.sync(() => {
        const stored = Object.keys(operations).filter(
          (name) => operations[name]!.stanza === undefined,
        )
        expect(stored).toEqual(["listGroups", "getGroup", "getGroupSettings", "listGroupMembers"])
      }),
    )
  },
)
