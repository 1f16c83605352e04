import type { SqlConnection } from "@effect/sql"
import { Effect, Stream } from "effect"
import type { OrganizationId } from "../../src/domain/Organization.ts"

/**
 * The connection of one organization's transaction. Fibers that outlive the transaction still hold it, while the
 * real connection already serves another organization: from then on every statement is a defect.
 */
export class TenantConnection implements SqlConnection.Connection {
  readonly organization: OrganizationId
  readonly #connection: SqlConnection.Connection
  #over = false

  constructor(connection: SqlConnection.Connection, organization: OrganizationId) {
    this.#connection = connection
    this.organization = organization
  }

  get isOver() {
    return this.#over
  }

  /** Nothing passes any more, except to end the transaction. */
  close() {
    this.#over = true
  }

  readonly execute: SqlConnection.Connection["execute"] = (...args) =>
    this.#whileOpen(() => this.#connection.execute(...args))

  readonly executeRaw: SqlConnection.Connection["executeRaw"] = (...args) =>
    this.#whileOpen(() => this.#connection.executeRaw(...args))

  readonly executeValues: SqlConnection.Connection["executeValues"] = (...args) =>
    this.#whileOpen(() => this.#connection.executeValues(...args))

  readonly executeUnprepared: SqlConnection.Connection["executeUnprepared"] = (...args) =>
    this.#whileOpen(() => this.#connection.executeUnprepared(...args))

  readonly executeStream: SqlConnection.Connection["executeStream"] = (...args) =>
    Stream.suspend(() =>
      this.#over ? Stream.dieMessage(isOver) : this.#connection.executeStream(...args),
    )

  #whileOpen<A, E>(ask: () => Effect.Effect<A, E>) {
    return Effect.suspend(() => (this.#over ? Effect.dieMessage(isOver) : ask()))
  }
}

const isOver = "the transaction of this statement is over"
