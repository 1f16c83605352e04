import { createRequire } from "node:module"
import { calculateSignature, generateKeyPair, verifySignature } from "whatsapp-rust-bridge"
import { fromBaileys } from "./FromBaileys.ts"

/** What libsignal signs and verifies with: keys of 32 bytes, signatures of 64. */
export interface Signatures {
  sign(privateKey: Uint8Array, message: Uint8Array): Uint8Array
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean
}

/** The kind of key that is meant, as the first of its 33 bytes. */
const curve25519 = Buffer.of(5)

/** XEdDSA in the WebAssembly that the library brings along for other things. */
export const quickSignatures: Signatures = {
  sign: calculateSignature,
  verify: (publicKey, message, signature) =>
    verifySignature(Buffer.concat([curve25519, publicKey]), message, signature),
}

interface KeyPair {
  /** 32 bytes. */
  readonly privKey: Buffer
  /** 33 bytes, of which the first tells the kind. */
  readonly pubKey: Buffer
}

/** For the X25519 of identities, pre-keys and ratchets. */
export const quickKeyPair = (): KeyPair => {
  const { privKey, pubKey } = generateKeyPair()
  return { privKey: Buffer.from(privKey), pubKey: Buffer.from(pubKey) }
}

const curve = fromBaileys.resolve("libsignal/src/curve.js")
const fromLibsignal = createRequire(curve)

// In plain JavaScript either takes more than ten milliseconds, in which no session of the process
// gets on: each message of a group is verified, and a login verifies two certificates.
Object.assign(fromLibsignal("curve25519-js") as Signatures, quickSignatures)

// A number that is linked makes 812 in one go: 120 to 200 milliseconds with Node's, which goes through
// two encodings for each, and 40 so. Before the library looks for it.
Object.assign(fromBaileys(curve) as object, { generateKeyPair: quickKeyPair })
