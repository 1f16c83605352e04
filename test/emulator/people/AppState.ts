import { randomBytes } from "node:crypto"
import {
  type ChatMutation,
  decodePatches,
  encodeSyncdPatch,
  type LTHashState,
  newLTHashState,
  proto,
  type WAPatchCreate,
  type WAPatchName,
} from "@whiskeysockets/baileys"
import { silentLogger } from "./Silence.ts"

type Patch = { readonly version: number; readonly bytes: Buffer }
type Collection = { state: LTHashState; readonly patches: Array<Patch> }

/** An account's synced settings and address book: encrypted patches that every device replays. */
export class AppState {
  #keyId = randomBytes(6).toString("base64")
  #keyData = randomBytes(32)
  #collections = new Map<WAPatchName, Collection>()

  version(name: WAPatchName) {
    return this.#collection(name).state.version
  }

  patchesAfter(name: WAPatchName, version: number): Array<Buffer> {
    const { patches } = this.#collection(name)
    return patches.filter((patch) => patch.version > version).map(({ bytes }) => bytes)
  }

  /** Writes as the phone does. */
  async put(type: WAPatchName, index: Array<string>, value: proto.ISyncActionValue): Promise<void> {
    const collection = this.#collection(type)
    const create = {
      type,
      index,
      syncAction: { ...value, timestamp: Date.now() },
      apiVersion: 2,
      operation: proto.SyncdMutation.SyncdOperation.SET,
    } as WAPatchCreate
    const encoded = await encodeSyncdPatch(create, this.#keyId, collection.state, this.#key)
    this.#append(collection, encoded.patch, encoded.state)
  }

  /** Takes a device's patch and answers what it changed. Throws when the patch does not decrypt. */
  async accept(name: WAPatchName, bytes: Uint8Array): Promise<Array<ChatMutation>> {
    const collection = this.#collection(name)
    const patch = proto.SyncdPatch.decode(bytes)
    patch.version = { version: collection.state.version + 1 }
    const { state, mutationMap } = await decodePatches(
      name,
      [patch],
      collection.state,
      this.#key,
      {},
      undefined,
      silentLogger,
      true,
    )
    this.#append(collection, patch, state)
    return Object.values(mutationMap)
  }

  /** The message with which a phone hands the key to a freshly linked device. */
  keyShare(): proto.IMessage {
    const keyData = {
      keyData: this.#keyData,
      fingerprint: { rawId: 1, currentIndex: 0, deviceIndexes: [0] },
      timestamp: Date.now(),
    }
    return {
      protocolMessage: {
        type: proto.Message.ProtocolMessage.Type.APP_STATE_SYNC_KEY_SHARE,
        appStateSyncKeyShare: {
          keys: [{ keyId: { keyId: Buffer.from(this.#keyId, "base64") }, keyData }],
        },
      },
    }
  }

  #key = async () => ({ keyData: this.#keyData })

  #append(collection: Collection, patch: proto.ISyncdPatch, state: LTHashState) {
    const { version } = state
    const bytes = proto.SyncdPatch.encode({ ...patch, version: { version } }).finish()
    collection.state = state
    collection.patches.push({ version, bytes: Buffer.from(bytes) })
  }

  #collection(name: WAPatchName): Collection {
    const known = this.#collections.get(name)
    if (known) return known
    const empty = { state: newLTHashState(), patches: [] }
    this.#collections.set(name, empty)
    return empty
  }
}
