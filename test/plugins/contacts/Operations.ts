import { endpoints } from "../../http/Operations.ts"
import { type BinaryNode, child } from "../../emulator/wire/Nodes.ts"
import type { Endpoint } from "../../../src/Gateway.ts"

/** What a test has to know of an operation beside its declaration. */
interface Spelling {
  readonly query?: string
  /** How WhatsApp is asked; stored reads never ask. */
  readonly asks?: (node: BinaryNode) => boolean
}

const looksUp = (protocol: string) => (node: BinaryNode) =>
  node.attrs["xmlns"] === "usync" &&
  child(child(child(node, "usync"), "query"), protocol) !== undefined

const blocks = ({ attrs }: BinaryNode) => attrs["xmlns"] === "blocklist" && attrs["type"] === "set"

/** Every operation has to be spelled here: the tests are generated from the api. */
const spellings: Readonly<Record<string, Spelling>> = {
  listContacts: {},
  getContact: {},
  checkContact: { query: "?phone=6281234567890", asks: looksUp("contact") },
  getContactAbout: { asks: looksUp("status") },
  getContactPicture: { asks: ({ attrs }) => attrs["xmlns"] === "w:profile:picture" },
  blockContact: { asks: blocks },
  unblockContact: { asks: blocks },
}

export const operations = endpoints
  .filter(({ plugin }) => plugin === "contacts")
  .map((endpoint) => ({ ...endpoint, ...spellings[endpoint.name] }))

export type Operation = (typeof operations)[number]

export const unspelled = operations.filter(({ name }) => spellings[name] === undefined)

export const live = operations.flatMap((operation) =>
  operation.asks === undefined ? [] : [{ ...operation, asks: operation.asks }],
)

/** The path of a request about somebody. */
export const pathOf = ({ path, query = "" }: Operation, session: string, jid: string) =>
  path
    .replace("/api/v1", "")
    .replace(":session", session)
    .replace(/:(lid|jid)/, jid) + query

export const named = <A extends Endpoint>(all: ReadonlyArray<A>) =>
  all.map((operation) => [operation.name, operation] as const)
