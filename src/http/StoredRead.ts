import { type HttpApiBuilder, type HttpApiEndpoint, HttpServerResponse } from "@effect/platform"
import { Context, Effect } from "effect"
import { Principal } from "../domain/Principal.ts"
import { type Found, type Parameter, StoredReads } from "../ports/StoredReads.ts"

/** The answer to a request as one question to the database. */
export interface StoredRead<in Request = never, out Failure = unknown> {
  /** Finds the JSON text of the answer as `StoredReads` asks for it; `StoredJson` helps to write it. */
  readonly statement: string
  /** From `$2` on. */
  readonly parameters: (request: Request) => ReadonlyArray<Parameter>
  /** What does not exist: where there is no row, and where the one row is null. */
  readonly absent: readonly [noRow: new () => Failure, noText?: new () => Failure]
}

/** What an endpoint's answer is read by. Undefined for those that do more than read. */
export class Stored extends Context.Reference<Stored>()("src/http/Stored", {
  defaultValue: (): StoredRead | undefined => undefined,
}) {}

declare const storedId: unique symbol
/** Marks the type of an endpoint that `storedReads` serves. */
export interface IsStored {
  readonly [storedId]: true
}

type Endpoint = HttpApiEndpoint.HttpApiEndpoint.Any
type RequestOf<E extends Endpoint> = Omit<
  HttpApiEndpoint.HttpApiEndpoint.Request<E>,
  "request" | "headers" | "payload"
>

/** Declares that the endpoint answers what is stored, and nothing else: `storedReads` serves it. */
export const storedRead = <E extends Endpoint>(
  endpoint: E,
  read: StoredRead<RequestOf<E>, HttpApiEndpoint.HttpApiEndpoint.Error<E>>,
): E & IsStored =>
  (endpoint as unknown as HttpApiEndpoint.HttpApiEndpoint.AnyWithProps).annotate(
    Stored,
    read as never,
  ) as never

/** Handles every stored read of the group. */
export const storedReads = <E, Provides, R, Endpoints extends Endpoint>(
  handlers: HttpApiBuilder.Handlers<E, Provides, R, Endpoints>,
): HttpApiBuilder.Handlers<E, Provides, R | StoredReads, Exclude<Endpoints, IsStored>> => {
  let all = handlers as unknown as HttpApiBuilder.Handlers<unknown, unknown, unknown, Endpoint>
  for (const { annotations, name } of Object.values(handlers.group.endpoints)) {
    const read = Context.get(annotations as Context.Context<Stored>, Stored)
    if (read !== undefined) all = all.handleRaw(name as never, answering(read) as never) as never
  }
  return all as never
}

const answering =
  ({ absent, parameters, statement }: StoredRead) =>
  (request: never) =>
    Effect.gen(function* () {
      const { organizationId } = yield* Principal
      const reads = yield* StoredReads
      const found = yield* reads.find(organizationId, statement, parameters(request))
      return yield* answerOf(found, absent)
    })

const answerOf = (found: Found, [noRow, noText = noRow]: StoredRead["absent"]) => {
  if (found === undefined) return Effect.fail(new noRow())
  if (found === null) return Effect.fail(new noText())
  return Effect.succeed(HttpServerResponse.text(found, { contentType: "application/json" }))
}
