/** A Signal endpoint without a socket: the repository the library makes, on keys that live in memory. */
import {
  addTransactionCapability,
  Curve,
  DEFAULT_CONNECTION_CONFIG,
  generateSignalPubKey,
  initAuthCreds,
  type SignalDataSet,
} from "@whiskeysockets/baileys"
import { setTimeout as sleep } from "node:timers/promises"
import type {
  SignalRepository,
  TransactionalKeys,
} from "../../../../layers/baileys/inbox/Repository.ts"
import { MemoryKeys } from "../../../emulator/people/MemoryKeys.ts"
import { silenceLibsignal, silentLogger } from "../../../emulator/people/Silence.ts"

silenceLibsignal()

export type Remedy = (repository: SignalRepository, keys: TransactionalKeys) => void

export const endpoint = (jid: string, ...remedies: ReadonlyArray<Remedy>) => {
  const creds = initAuthCreds()
  const memory = new MemoryKeys()
  /** Every commit, in order. */
  const commits: Array<SignalDataSet> = []
  let hold: (() => Promise<void>) | undefined
  const store = {
    get: (...args: Parameters<MemoryKeys["get"]>) => memory.get(...args),
    set: async (data: SignalDataSet) => {
      const held = hold
      hold = undefined
      await held?.()
      memory.set(data)
      commits.push(structuredClone(data))
    },
  }
  const keys = addTransactionCapability(store as never, silentLogger, {
    maxCommitRetries: 1,
    delayBetweenTriesMs: 0,
  })
  const repository = DEFAULT_CONNECTION_CONFIG.makeSignalRepository(
    { creds, keys },
    silentLogger,
    async () => [],
  )
  for (const remedy of remedies) remedy(repository, keys)

  const say = (to: string, text: string) =>
    repository.encryptMessage({ jid: to, data: Buffer.from(text) })
  const hear = async (from: string, { ciphertext, type }: Awaited<ReturnType<typeof say>>) => {
    const bytes = await repository.decryptMessage({ jid: from, type, ciphertext })
    return Buffer.from(bytes).toString()
  }

  let nextPreKey = 1
  const bundle = async () => {
    const [id, pair] = [nextPreKey++, Curve.generateKeyPair()]
    await keys.set({ "pre-key": { [id]: pair } })
    return {
      registrationId: creds.registrationId,
      identityKey: generateSignalPubKey(creds.signedIdentityKey.public),
      signedPreKey: {
        keyId: creds.signedPreKey.keyId,
        publicKey: generateSignalPubKey(creds.signedPreKey.keyPair.public),
        signature: creds.signedPreKey.signature,
      },
      preKey: { keyId: id, publicKey: generateSignalPubKey(pair.public) },
    }
  }
  /** Starts a session with another endpoint, or one more. */
  const meet = async (other: Endpoint) =>
    repository.injectE2ESession({ jid: other.jid, session: await other.bundle() })

  return {
    jid,
    keys,
    repository,
    commits,
    say,
    hear,
    bundle,
    meet,
    /** Resolves when the next commit is about to happen, which it does so much later. */
    delayNextCommit: (millis: number) =>
      new Promise<void>((reached) => {
        hold = () => {
          reached()
          return sleep(millis)
        }
      }),
  }
}

export type Endpoint = {
  readonly jid: string
  readonly bundle: () => Promise<Parameters<SignalRepository["injectE2ESession"]>[0]["session"]>
}
