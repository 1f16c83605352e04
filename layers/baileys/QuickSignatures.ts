import { createRequire } from "node:module"
import { calculateSignature, verifySignature } from "whatsapp-rust-bridge"
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

const fromLibsignal = createRequire(fromBaileys.resolve("libsignal/src/curve.js"))

// In plain JavaScript either takes more than ten milliseconds, in which no session of the process
// gets on: each message of a group is verified, and a login verifies two certificates.
Object.assign(fromLibsignal("curve25519-js") as Signatures, quickSignatures)
