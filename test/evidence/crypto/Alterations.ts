import type { SecretName } from "../../../layers/secrets/Secrets.ts"
import type { Tally } from "../Tally.ts"
import type { Vault } from "./Vault.ts"

/** Records of different lengths, and what each is called. */
export type Records = ReadonlyArray<readonly [SecretName, Uint8Array]>

/** Alters the records in every way there is, and expects that nothing opens any more. */
export const alter = async (vault: Vault, records: Records, tally: Tally) => {
  for (const [name, record] of records) {
    const opened = await vault.open(name, record)
    tally.tried(name.type, opened === undefined ? ["does not open although unaltered"] : [])
    for (let bit = 0; bit < record.length * 8; bit += 1)
      await expectShut(vault, name, flipped(record, bit), "opens with a bit flipped", tally)
    for (const length of [4, 8, 12, 15])
      await expectShut(vault, name, vault.cutTag(record, length), `opens by ${length} bytes`, tally)
    for (let length = 0; length < record.length; length += 7)
      await expectShut(vault, name, record.subarray(0, length), "opens when cut", tally)
  }
  await swap(vault, records, tally)
}

/** Every record under every other's name, and under names that differ in one part only. */
const swap = async (vault: Vault, records: Records, tally: Tally) => {
  for (const [name, record] of records) {
    const others = records.map(([other]) => other).filter((other) => other !== name)
    const near = others.flatMap((other) => [
      { ...name, sessionId: other.sessionId, organizationId: other.organizationId },
      { ...name, id: other.id },
      { ...name, type: other.type },
    ])
    for (const other of [...others, ...near].filter((other) => !isSame(other, name)))
      await expectShut(vault, other, record, "opens where it was moved to", tally)
  }
}

const isSame = (one: SecretName, two: SecretName) =>
  (["organizationId", "sessionId", "type", "id"] as const).every((part) => one[part] === two[part])

const expectShut = async (
  vault: Vault,
  name: SecretName,
  record: Uint8Array,
  complaint: string,
  tally: Tally,
) => {
  const opened = await vault.open(name, record)
  tally.tried(name.type, opened === undefined ? [] : [complaint])
}

const flipped = (record: Uint8Array, bit: number) => {
  const altered = Uint8Array.from(record)
  altered[bit >> 3]! ^= 1 << (bit & 7)
  return altered
}
