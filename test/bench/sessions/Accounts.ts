import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { type AuthenticationCreds, BufferJSON, type SignalDataSet } from "@whiskeysockets/baileys"

/** A linked device as whoever runs it keeps it: what it logs in with, and what Signal has stored. */
export interface Account {
  readonly creds: AuthenticationCreds
  readonly keys: SignalDataSet
}

const fileOf = (folder: string, nth: number, part: keyof Account) =>
  join(folder, `${nth}.${part}.json`)

export const writeAccount = (folder: string, nth: number, account: Account) => {
  for (const part of ["creds", "keys"] as const)
    writeFileSync(fileOf(folder, nth, part), JSON.stringify(account[part], BufferJSON.replacer))
}

const read = (file: string) => JSON.parse(readFileSync(file, "utf8"), BufferJSON.reviver) as never

export const readCreds = (folder: string, nth: number): AuthenticationCreds =>
  read(fileOf(folder, nth, "creds"))

/** Keys in one file, read and written whole, and only when somebody asks. */
export class FileKeys {
  readonly #file: string

  constructor(folder: string, nth: number) {
    this.#file = fileOf(folder, nth, "keys")
  }

  all(): Record<string, Record<string, unknown>> {
    return read(this.#file)
  }

  get(type: string, ids: ReadonlyArray<string>): never {
    const found = this.all()[type] ?? {}
    const known = ids.filter((id) => found[id] !== undefined)
    return Object.fromEntries(known.map((id) => [id, found[id]])) as never
  }

  set(data: SignalDataSet): void {
    const keys = this.all()
    for (const [type, values] of Object.entries(data))
      for (const [id, value] of Object.entries<unknown>(values ?? {})) {
        const kept = (keys[type] ??= {})
        if (value === null) delete kept[id]
        else kept[id] = value
      }
    writeFileSync(this.#file, JSON.stringify(keys, BufferJSON.replacer))
  }
}
