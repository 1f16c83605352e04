import { Effect, Layer } from "effect"
import { StoredReads as StoredReadsPort } from "../src/ports/StoredReads.ts"
import { ReadConnections } from "./postgres/ReadConnections.ts"

export const StoredReads = Layer.effect(
  StoredReadsPort,
  Effect.map(ReadConnections, ({ ask }) => ({
    find: (organization, statement, parameters) =>
      Effect.async((resume) =>
        ask(organization, statement, parameters, (error, found) =>
          resume(error === null ? Effect.succeed(found) : Effect.die(error)),
        ),
      ),
  })),
)
