import type { SignalDataSet, SignalDataTypeMap, SignalKeyStore } from "@whiskeysockets/baileys"

type Kind = keyof SignalDataTypeMap

/** A Signal key store that lives as long as the object does. */
export class MemoryKeys implements SignalKeyStore {
  #values = new Map<string, unknown>()

  get<T extends Kind>(kind: T, ids: Array<string>): Record<string, SignalDataTypeMap[T]> {
    const found: Record<string, SignalDataTypeMap[T]> = {}
    for (const id of ids) {
      const value = this.#values.get(slot(kind, id))
      if (value !== undefined) found[id] = value as SignalDataTypeMap[T]
    }
    return found
  }

  set(data: SignalDataSet) {
    for (const [kind, values] of Object.entries(data)) {
      for (const [id, value] of Object.entries(values)) this.#put(slot(kind, id), value)
    }
  }

  #put(key: string, value: unknown) {
    if (value === null) this.#values.delete(key)
    else this.#values.set(key, value)
  }
}

const slot = (kind: string, id: string) => `${kind}\0${id}`
