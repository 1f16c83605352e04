import * as Pg from "pg"
import type { Found } from "../../src/ports/StoredReads.ts"

/** Prepared once per connection: the organization of everything up to the end of the transaction. */
export const tenantStatement = {
  name: "tenant",
  text: "SELECT set_config('app.organization', $1, true)",
}

export type Told = (error: Error | null, found?: Found) => void

/** What Pg.Connection offers beyond its published types. */
interface Wire {
  readonly bind: (message: object) => void
  readonly execute: (message: object) => void
  readonly parse: (message: object) => void
  readonly sync: () => void
  readonly submittedNamedStatements: Record<string, string>
}

/** What Pg.Query offers beyond its published types. */
interface Prepared {
  readonly name: string
  readonly text: string
  readonly hasBeenParsed: (wire: Wire) => boolean
}

/**
 * Names the organization and reads, in one flush. Both run in the transaction that PostgreSQL opens
 * by itself and ends at the `sync`, so the organization is gone before the connection's next read.
 * Should naming it fail, the read does not run.
 */
export class TenantRead extends Pg.Query {
  readonly #parameters: ReadonlyArray<unknown>
  #statementsDone = 0
  #found: Found = undefined

  /** The first parameter is the organization; the statement has one column, of text. */
  constructor(name: string, text: string, parameters: ReadonlyArray<unknown>, told: Told) {
    super(text, [...parameters], told as never)
    // Given as one object, the driver would copy it property by property.
    Object.assign(this, { name })
    this.#parameters = parameters
  }

  prepare(wire: Wire) {
    const { name, text, hasBeenParsed } = this as unknown as Prepared
    bindAndRun(wire, tenantStatement.name, [this.#parameters[0]])
    if (!hasBeenParsed.call(this, wire)) {
      wire.parse({ name, text })
      wire.submittedNamedStatements[name] = text
    }
    bindAndRun(wire, name, this.#parameters)
    wire.sync()
  }

  handleDataRow({ fields }: { readonly fields: ReadonlyArray<string | null> }) {
    if (this.#statementsDone === 1) this.#found = fields[0]
  }

  handleCommandComplete() {
    this.#statementsDone += 1
  }

  handleReadyForQuery() {
    ;(this as unknown as { readonly callback: Told }).callback(null, this.#found)
  }
}

const bindAndRun = (wire: Wire, statement: string, values: ReadonlyArray<unknown>) => {
  wire.bind({ statement, values: values.map(asText) })
  wire.execute({})
}

const asText = (value: unknown) => (value === null ? null : String(value))
