import {
  addTransactionCapability,
  Curve,
  DEFAULT_CONNECTION_CONFIG,
  encodeWAMessage,
  generateSignalPubKey,
  initAuthCreds,
  proto,
  unpadRandomMax16,
} from "@whiskeysockets/baileys"
import { mendBystanders } from "../../../layers/baileys/inbox/BystanderSessions.ts"
import { MemoryKeys } from "./MemoryKeys.ts"
import { silentLogger } from "./Silence.ts"
import { Turns } from "./Turns.ts"

export type PublicPreKey = { readonly id: number; readonly key: Uint8Array }
export type SignedPreKey = PublicPreKey & { readonly signature: Uint8Array }

/** What somebody needs to start an encrypted session with a device. */
export type Bundle = {
  readonly registrationId: number
  readonly identity: Uint8Array
  readonly signedPreKey: SignedPreKey
  readonly preKey: PublicPreKey | undefined
}

export type Sealed = { readonly type: "pkmsg" | "msg"; readonly ciphertext: Uint8Array }

/**
 * One turn per Signal address for all phones of the process: libsignal keeps one job queue per bare address and runs
 * a job in the async context of whoever started the queue, so phones that meet there would write their ratchets into
 * each other's transactions.
 */
const addresses = new Turns()

/** A genuine Signal device: what a person's phone is, on the repository implementation the client itself uses. */
export class SignalEndpoint {
  #creds = initAuthCreds()
  #keys = addTransactionCapability(new MemoryKeys(), silentLogger, {
    maxCommitRetries: 1,
    delayBetweenTriesMs: 1,
  })
  #repository = DEFAULT_CONNECTION_CONFIG.makeSignalRepository(
    { creds: this.#creds, keys: this.#keys },
    silentLogger,
    async () => [],
  )
  #nextPreKey = 1

  constructor() {
    // Phones try a message on copies of their sessions.
    mendBystanders(this.#repository, this.#keys)
  }

  get identity() {
    return this.#creds.signedIdentityKey
  }

  get registrationId() {
    return this.#creds.registrationId
  }

  /** Hands out a fresh one-time pre-key each time. */
  async bundle(): Promise<Bundle> {
    const id = this.#nextPreKey++
    const pair = Curve.generateKeyPair()
    await this.#keys.set({ "pre-key": { [id]: pair } })
    const { registrationId, signedPreKey } = this.#creds
    return {
      registrationId,
      identity: this.identity.public,
      signedPreKey: {
        id: signedPreKey.keyId,
        key: signedPreKey.keyPair.public,
        signature: signedPreKey.signature,
      },
      preKey: { id, key: pair.public },
    }
  }

  /** Encrypts for one device, starting a session from its bundle when there is none. */
  seal(jid: string, takeBundle: () => Bundle, message: proto.IMessage): Promise<Sealed> {
    return this.#alone(jid, async () => {
      const { exists } = await this.#repository.validateSession(jid)
      if (!exists) await this.#start(jid, takeBundle())
      return this.#repository.encryptMessage({ jid, data: encodeWAMessage(message) })
    })
  }

  /** The next `seal` starts over with a new bundle. */
  forget(jid: string): Promise<void> {
    return this.#alone(jid, () => this.#repository.deleteSession([jid]))
  }

  async open(jid: string, type: string, ciphertext: Uint8Array): Promise<proto.Message> {
    if (type !== "pkmsg" && type !== "msg") throw new Error(`no such encryption: ${type}`)
    const padded = await this.#alone(jid, () =>
      this.#repository.decryptMessage({ jid, type, ciphertext: Buffer.from(ciphertext) }),
    )
    return proto.Message.decode(unpadRandomMax16(padded))
  }

  /** Encrypts once for a whole group, with the key that members need first. */
  async sealForGroup(group: string, meId: string, message: proto.IMessage) {
    const { ciphertext, senderKeyDistributionMessage } = await this.#repository.encryptGroupMessage(
      { group, meId, data: encodeWAMessage(message) },
    )
    return { ciphertext, distribution: distributionOf(group, senderKeyDistributionMessage) }
  }

  async distribution(group: string, meId: string): Promise<proto.IMessage> {
    return distributionOf(
      group,
      await this.#repository.getSenderKeyDistributionMessage({ group, meId }),
    )
  }

  async openFromGroup(group: string, author: string, ciphertext: Uint8Array) {
    const padded = await this.#repository.decryptGroupMessage({
      group,
      authorJid: author,
      msg: Buffer.from(ciphertext),
    })
    return proto.Message.decode(unpadRandomMax16(padded))
  }

  /** Learns a sender's group key, when the message carries one. */
  async learn(author: string, { senderKeyDistributionMessage: item }: proto.IMessage) {
    if (!item) return
    await this.#repository.processSenderKeyDistributionMessage({ authorJid: author, item })
  }

  #start(jid: string, { registrationId, identity, signedPreKey, preKey }: Bundle) {
    return this.#repository.injectE2ESession({
      jid,
      session: {
        registrationId,
        identityKey: generateSignalPubKey(identity),
        signedPreKey: {
          keyId: signedPreKey.id,
          publicKey: generateSignalPubKey(signedPreKey.key),
          signature: signedPreKey.signature,
        },
        ...(preKey && {
          preKey: { keyId: preKey.id, publicKey: generateSignalPubKey(preKey.key) },
        }),
      },
    })
  }

  #alone<A>(jid: string, work: () => Promise<A>) {
    return addresses.run(this.#repository.jidToSignalProtocolAddress(jid), work)
  }
}

const distributionOf = (groupId: string, key: Uint8Array): proto.IMessage => ({
  senderKeyDistributionMessage: { groupId, axolotlSenderKeyDistributionMessage: key },
})
