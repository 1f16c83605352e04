/** The same reads by Fastify on pg, as rows or as PostgreSQL's text: `fastify.ts rows|text ADDRESS`. */
import Fastify, { type FastifyRequest } from "fastify"
import { createHash } from "node:crypto"
import * as Pg from "pg"
import { listedGroups, listedMembers, storedGroup } from "../../../plugins/groups/Reads.ts"
import {
  groupRows,
  groupSchema,
  groupsRows,
  groupsSchema,
  membersRows,
  membersSchema,
} from "./rows.ts"

const [, , form, connectionString] = process.argv

Pg.types.setTypeParser(Pg.types.builtins.INT8, Number)
const pool = new Pg.Pool({ connectionString, max: 10 })

interface Key {
  readonly organization: string
  readonly capabilities: ReadonlyArray<string>
}

const known = new Map<string, Key & { readonly until: number }>()

const keyOf = async (token: string): Promise<Key | undefined> => {
  const digest = createHash("sha256").update(token).digest("base64")
  const found = known.get(digest)
  if (found !== undefined && found.until > Date.now()) return found
  const { rows } = await pool.query({
    name: "key",
    text: "SELECT organization_id AS organization, capabilities FROM api_keys WHERE key_id = $1",
    values: [`key_${token.split("_")[1]}`],
  })
  if (rows[0] === undefined) return undefined
  known.set(digest, { ...rows[0], until: Date.now() + 750 })
  return rows[0]
}

const app = Fastify()
app.decorateRequest("organization", "")
app.addHook("onRequest", async (request, reply) => {
  const key = await keyOf(request.headers.authorization?.replace(/^Bearer /, "") ?? "")
  if (key === undefined) return reply.code(401).send({ error: { code: "unauthorized" } })
  if (!key.capabilities.includes("read"))
    return reply.code(403).send({ error: { code: "forbidden" } })
  Object.assign(request, { organization: key.organization })
})

type Values = (params: Record<string, string>) => ReadonlyArray<unknown>

const read = (name: string, text: string, values: Values) => async (request: FastifyRequest) => {
  const { organization } = request as unknown as { organization: string }
  const of = values(request.params as Record<string, string>)
  return (await pool.query({ name, text, values: [organization, ...of] })).rows
}

const asText = (path: string, name: string, statement: string, values: Values) => {
  const find = read(name, statement, values)
  app.get(path, async (request, reply) => {
    const found = (await find(request))[0]?.found
    if (typeof found !== "string") return reply.callNotFound()
    return reply.header("content-type", "application/json").send(found)
  })
}

const asRows = (
  path: string,
  statement: string,
  values: Values,
  schema: object,
  bodyOf: (rows: ReadonlyArray<object>) => object | undefined,
) => {
  const find = read(path, statement, values)
  app.get(path, { schema: { response: { 200: schema } } }, async (request, reply) => {
    return bodyOf(await find(request)) ?? reply.callNotFound()
  })
}

const one = "/api/v1/sessions/:session/groups/:gid"
const list = "/api/v1/sessions/:session/groups"
const page = (data: ReadonlyArray<object>) => ({ data, nextCursor: "" })

if (form === "text") {
  asText(one, "one", storedGroup, ({ gid, session }) => [session, gid])
  asText(list, "list", listedGroups, ({ session }) => [session, 0, null])
  asText(`${one}/members`, "members", listedMembers, ({ gid, session }) => [session, gid, 0, null])
} else {
  asRows(
    one,
    groupRows,
    ({ gid, session }) => [session, gid],
    groupSchema,
    (rows) => rows[0],
  )
  asRows(list, groupsRows, ({ session }) => [session], groupsSchema, page)
  asRows(`${one}/members`, membersRows, ({ gid, session }) => [session, gid], membersSchema, page)
}

console.log(`Listening on ${await app.listen({ port: 0, host: "127.0.0.1" })}`)
