import { createHmac, randomBytes } from "node:crypto"
import {
  aesDecryptCTR,
  aesDecryptGCM,
  aesEncryptCTR,
  Curve,
  derivePairingCodeKey,
  hkdf,
  type KeyPair,
  proto,
} from "@whiskeysockets/baileys"
import { verifySignature } from "whatsapp-rust-bridge"

const ACCOUNT_PREFIX = Buffer.from([6, 0])
const DEVICE_PREFIX = Buffer.from([6, 1])
const SIGNAL_KEY_PREFIX = Buffer.from([5])

export type DeviceOffer = { readonly details: Uint8Array; readonly payload: Uint8Array }

/** What a phone does after scanning: sign the device's identity, and prove that it saw the QR's secret. */
export const signDevice = (
  account: KeyPair,
  identity: Uint8Array,
  advSecret: Uint8Array,
  keyIndex: number,
): DeviceOffer => {
  const timestamp = Math.floor(Date.now() / 1000)
  const details = proto.ADVDeviceIdentity.encode({ rawId: 1, timestamp, keyIndex }).finish()
  const signed = proto.ADVSignedDeviceIdentity.encode({
    details,
    accountSignatureKey: account.public,
    accountSignature: Curve.sign(
      account.private,
      Buffer.concat([ACCOUNT_PREFIX, details, identity]),
    ),
  }).finish()
  const hmac = createHmac("sha256", advSecret).update(signed).digest()
  const payload = proto.ADVSignedDeviceIdentityHMAC.encode({ details: signed, hmac }).finish()
  return { details, payload }
}

/** The device's identity as other devices see it. Throws unless the device really signed it. */
export const confirmDevice = (
  account: Uint8Array,
  identity: Uint8Array,
  { details }: DeviceOffer,
  answer: Uint8Array,
): Buffer => {
  const signed = proto.ADVSignedDeviceIdentity.decode(answer)
  const message = Buffer.concat([DEVICE_PREFIX, details, identity, account])
  const key = Buffer.concat([SIGNAL_KEY_PREFIX, identity])
  if (!verifySignature(key, message, signed.deviceSignature ?? Buffer.alloc(64))) {
    throw new Error("the device signature does not verify")
  }
  const complete = { ...signed, details, accountSignatureKey: account }
  return Buffer.from(proto.ADVSignedDeviceIdentity.encode(complete).finish())
}

/** The phone's half of linking by code: both sides reach one secret that only the code unlocks. */
export class CodePairing {
  readonly reply: Buffer
  #shared: Uint8Array
  #account: KeyPair

  private constructor(reply: Buffer, shared: Uint8Array, account: KeyPair) {
    this.reply = reply
    this.#shared = shared
    this.#account = account
  }

  /** Unwraps the companion's key with the typed code and wraps one of ours the same way. */
  static async begin(code: string, wrapped: Uint8Array, account: KeyPair): Promise<CodePairing> {
    const offer = Buffer.from(wrapped)
    const theirKey = await derivePairingCodeKey(code, offer.subarray(0, 32))
    const theirs = aesDecryptCTR(offer.subarray(48, 80), theirKey, offer.subarray(32, 48))
    const [ours, salt, iv] = [Curve.generateKeyPair(), randomBytes(32), randomBytes(16)]
    const sealed = aesEncryptCTR(ours.public, await derivePairingCodeKey(code, salt), iv)
    const shared = Curve.sharedKey(ours.private, theirs)
    return new CodePairing(Buffer.concat([salt, iv, sealed]), shared, account)
  }

  /** The ADV secret. Throws when the companion derived another key, as it does after a wrong code. */
  finish(bundle: Uint8Array, companionIdentity: Uint8Array): Buffer {
    const [salt, iv, sealed] = [
      bundle.subarray(0, 32),
      bundle.subarray(32, 44),
      bundle.subarray(44),
    ]
    const info = "link_code_pairing_key_bundle_encryption_key"
    const key = hkdf(this.#shared, 32, { salt: Buffer.from(salt), info })
    const plain = unlock(() => aesDecryptGCM(sealed, key, iv, Buffer.alloc(0)))
    const expected = Buffer.concat([companionIdentity, this.#account.public])
    if (!plain.subarray(0, 64).equals(expected)) throw new Error("pairing bundle names other keys")
    const identityShared = Curve.sharedKey(this.#account.private, companionIdentity)
    const secrets = Buffer.concat([this.#shared, identityShared, plain.subarray(64, 96)])
    return Buffer.from(hkdf(secrets, 32, { info: "adv_secret" }))
  }
}

const unlock = (decrypt: () => Buffer): Buffer => {
  try {
    return decrypt()
  } catch (cause) {
    throw new Error("the code is not the one the device shows", { cause })
  }
}
