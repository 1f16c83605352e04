import { describe, expect, it } from "@effect/vitest"
import { addTransactionCapability } from "@whiskeysockets/baileys"
import { Renewals } from "../../../layers/baileys/inbox/KeptSessions.ts"
import type { MakeSignalRepository } from "../../../layers/baileys/inbox/Repository.ts"
import { mappings, signalRepository } from "../../../layers/baileys/SignalRepository.ts"
import { DEFAULT_CONNECTION_CONFIG, initAuthCreds } from "../../../layers/baileys/Vendor.ts"
import { MemoryKeys } from "../../emulator/people/MemoryKeys.ts"

const ignore = () => {}
const logger = { level: "silent", trace: ignore, debug: ignore, info: ignore, warn: ignore }
const silent = { ...logger, error: ignore, child: () => silent as never }

const keeping = {
  origins: { of: () => undefined },
  replay: () => Promise.resolve(undefined),
  onOrphan: ignore,
}

/** A repository that has met so many people. */
const acquainted = async (make: MakeSignalRepository, people: number) => {
  const options = { maxCommitRetries: 1, delayBetweenTriesMs: 0 }
  const keys = addTransactionCapability(new MemoryKeys() as never, silent, options)
  const repository = make({ creds: initAuthCreds(), keys }, silent)
  const pairs = Array.from({ length: people }, (_, nth) => ({
    pn: `62811${nth}@s.whatsapp.net`,
    lid: `9${nth}@lid`,
  }))
  await repository.lidMapping.storeLIDPNMappings(pairs)
  return repository
}

const many = 30_000

describe("signalRepository", () => {
  it("remembers a limited number of addresses, and finds the others in the store", async () => {
    const ours = signalRepository(keeping, new Renewals(), () => 0)
    const first = await acquainted(ours, many)
    await acquainted(ours, many)
    expect(mappings.size).toBe(mappings.max)
    expect(await first.lidMapping.getLIDForPN("628110@s.whatsapp.net")).toBe("90@lid")
  })

  it("has to see to that: the library remembers everybody", async () => {
    const { lidMapping } = await acquainted(DEFAULT_CONNECTION_CONFIG.makeSignalRepository, many)
    const { mappingCache } = lidMapping as unknown as { readonly mappingCache: { size: number } }
    expect(mappingCache.size).toBe(2 * many)
  })

  it("forgets them when it is closed", async () => {
    const repository = await acquainted(
      signalRepository(keeping, new Renewals(), () => 0),
      10,
    )
    const before = mappings.size
    await repository.close?.()
    expect(before - mappings.size).toBe(20)
  })
})
