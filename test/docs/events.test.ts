import { describe, expect, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import {
  GroupCreated,
  GroupJoinRequest,
  GroupMembersChanged,
  GroupUpdated,
} from "../../plugins/groups/Events.ts"
import { MessagePointer } from "../../plugins/messages/Events.ts"
import { ContactMerged, ContactUpdated } from "../../src/domain/ContactEvent.ts"
import { Event, EventName } from "../../src/domain/Event.ts"
import { PairingCodeShown, QrShown, SessionStatusChanged } from "../../src/domain/SessionEvent.ts"

const page = readFileSync("docs/events.md", "utf8")

/** What stands between a heading and the next one. */
const chapterOf = (name: string) => page.split(/^## /m).find((one) => one.startsWith(`${name}\n`))

const unwrapped = (text = "") => text.replaceAll("\n", " ")

/** The first column of a table. */
const rowsOf = (text: string | undefined) =>
  [...(text ?? "").matchAll(/^\| `(\w+)` +\|/gm)].map(([, field]) => field)

/** Every name that there is: one without a payload does not compile. */
const payloads: Readonly<Record<EventName, { readonly fields: object }>> = {
  "contact.updated": ContactUpdated,
  "contact.merged": ContactMerged,
  "group.created": GroupCreated,
  "group.updated": GroupUpdated,
  "group.members": GroupMembersChanged,
  "group.join_request": GroupJoinRequest,
  message: MessagePointer,
  "message.edited": MessagePointer,
  "message.revoked": MessagePointer,
  "message.reaction": MessagePointer,
  "session.status": SessionStatusChanged,
  "auth.qr": QrShown,
  "auth.code": PairingCodeShown,
}

describe("the page on events", () => {
  it("has a chapter for every event, and for nothing else", () => {
    const chapters = page.split(/^## /m).slice(1)
    expect(chapters.map((one) => one.split("\n")[0]).sort()).toEqual([...EventName.literals].sort())
  })

  it("shows the fields of the envelope", () => {
    expect(rowsOf(page.split(/^## /m)[0])).toEqual(Object.keys(Event.fields))
  })

  it.each(Object.entries(payloads))(
    "shows the payload of %s, when it happens and when it does not",
    (name, { fields }) => {
      const chapter = chapterOf(name)
      const [, model = name] = /payload is as in `([a-z.]+)`/.exec(unwrapped(chapter)) ?? []
      expect(Object.keys(payloads[model as EventName].fields)).toEqual(Object.keys(fields))
      expect(rowsOf(chapterOf(model)).sort()).toEqual(Object.keys(fields).sort())
      expect(model === name ? [] : rowsOf(chapter)).toEqual([])
      expect(chapter).toContain("Happens when")
      expect(chapter).toContain("Does not happen")
    },
  )
})
