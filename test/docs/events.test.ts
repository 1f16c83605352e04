import { describe, expect, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { ContactMerged, ContactUpdated } from "../../plugins/contacts/Events.ts"
import {
  GroupCreated,
  GroupJoinRequest,
  GroupMembersChanged,
  GroupUpdated,
} from "../../plugins/groups/Events.ts"
import { Event, EventName } from "../../src/domain/Event.ts"
import { PairingCodeShown, QrShown, SessionStatusChanged } from "../../src/domain/SessionEvent.ts"

const page = readFileSync("docs/events.md", "utf8")

/** What stands between a heading and the next one. */
const chapterOf = (name: string) => page.split(/^## /m).find((one) => one.startsWith(`${name}\n`))

/** The first column of a table. */
const rowsOf = (text: string | undefined) =>
  [...(text ?? "").matchAll(/^\| `(\w+)` +\|/gm)].map(([, field]) => field)

const payloads: Readonly<Record<string, { readonly fields: object }>> = {
  "contact.updated": ContactUpdated,
  "contact.merged": ContactMerged,
  "group.created": GroupCreated,
  "group.updated": GroupUpdated,
  "group.members": GroupMembersChanged,
  "group.join_request": GroupJoinRequest,
  "session.status": SessionStatusChanged,
  "auth.qr": QrShown,
  "auth.code": PairingCodeShown,
}

describe("the page on events", () => {
  it("names every event, those that nothing writes yet as such", () => {
    const free = EventName.literals.filter((name) => payloads[name] === undefined)
    expect(Object.keys(payloads).filter((name) => chapterOf(name) === undefined)).toEqual([])
    for (const name of free) expect(chapterOf("Names kept free")).toContain(`\`${name}\``)
  })

  it("shows the fields of the envelope", () => {
    expect(rowsOf(page.split(/^## /m)[0])).toEqual(Object.keys(Event.fields))
  })

  it.each(Object.entries(payloads))(
    "shows the payload of %s, and when it does not happen",
    (name, payload) => {
      expect(rowsOf(chapterOf(name)).sort()).toEqual(Object.keys(payload.fields).sort())
      expect(chapterOf(name)).toContain("Does not happen")
    },
  )
})
