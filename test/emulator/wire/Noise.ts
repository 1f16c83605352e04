import { createCipheriv, createDecipheriv, createHash } from "node:crypto"
import { Curve, hkdf, NOISE_MODE, NOISE_WA_HEADER, proto } from "@whiskeysockets/baileys"
import type { Certificate } from "./Certificate.ts"

/** What the client says about itself once the channel is secret, with the key that identifies its device. */
export type Introduction = {
  readonly payload: proto.ClientPayload
  readonly staticKey: Buffer
}

/** The responder's half of Noise_XX_25519_AESGCM_SHA256, from the client's hello to two transport keys. */
export class Noise {
  #hash: Buffer = Buffer.from(NOISE_MODE)
  #salt: Buffer = this.#hash
  #key: Buffer = this.#hash
  #counter = 0
  #certificate: Certificate
  #ephemeral = Curve.generateKeyPair()

  constructor(certificate: Certificate) {
    this.#certificate = certificate
    this.#mixHash(NOISE_WA_HEADER)
  }

  /** Answers the client's hello with our keys and certificate. */
  answerHello(frame: Uint8Array): Buffer {
    const theirs = required(proto.HandshakeMessage.decode(frame).clientHello?.ephemeral)
    this.#mixHash(theirs)
    this.#mixHash(this.#ephemeral.public)
    this.#mixKey(Curve.sharedKey(this.#ephemeral.private, theirs))
    const encryptedStatic = this.#encrypt(this.#certificate.staticKey.public)
    this.#mixKey(Curve.sharedKey(this.#certificate.staticKey.private, theirs))
    const payload = this.#encrypt(this.#certificate.chain)
    const serverHello = { ephemeral: this.#ephemeral.public, static: encryptedStatic, payload }
    return Buffer.from(proto.HandshakeMessage.encode({ serverHello }).finish())
  }

  /** Reads the client's last handshake message; afterwards `split` gives the transport. */
  readFinish(frame: Uint8Array): Introduction {
    const finish = proto.HandshakeMessage.decode(frame).clientFinish
    const staticKey = this.#decrypt(required(finish?.static))
    this.#mixKey(Curve.sharedKey(this.#ephemeral.private, staticKey))
    const payload = proto.ClientPayload.decode(this.#decrypt(required(finish?.payload)))
    return { payload, staticKey }
  }

  split(): { readonly incoming: Cipher; readonly outgoing: Cipher } {
    const keys = Buffer.from(hkdf(Buffer.alloc(0), 64, { salt: this.#salt, info: "" }))
    return {
      incoming: new Cipher(keys.subarray(0, 32)),
      outgoing: new Cipher(keys.subarray(32)),
    }
  }

  #mixHash(data: Uint8Array) {
    this.#hash = createHash("sha256").update(this.#hash).update(data).digest()
  }

  #mixKey(secret: Uint8Array) {
    const keys = Buffer.from(hkdf(secret, 64, { salt: this.#salt, info: "" }))
    this.#salt = keys.subarray(0, 32)
    this.#key = keys.subarray(32)
    this.#counter = 0
  }

  #encrypt(plaintext: Uint8Array): Buffer {
    const sealed = seal(this.#key, this.#counter++, plaintext, this.#hash)
    this.#mixHash(sealed)
    return sealed
  }

  #decrypt(sealed: Uint8Array): Buffer {
    const plaintext = open(this.#key, this.#counter++, sealed, this.#hash)
    this.#mixHash(sealed)
    return plaintext
  }
}

/** One direction of an established channel; the counter is the nonce, so order matters. */
export class Cipher {
  #key: Buffer
  #counter = 0

  constructor(key: Buffer) {
    this.#key = key
  }

  seal(plaintext: Uint8Array): Buffer {
    return seal(this.#key, this.#counter++, plaintext, Buffer.alloc(0))
  }

  open(sealed: Uint8Array): Buffer {
    return open(this.#key, this.#counter++, sealed, Buffer.alloc(0))
  }
}

const nonce = (counter: number) => {
  const iv = Buffer.alloc(12)
  iv.writeUInt32BE(counter, 8)
  return iv
}

const seal = (key: Buffer, counter: number, plaintext: Uint8Array, authenticated: Buffer) => {
  const cipher = createCipheriv("aes-256-gcm", key, nonce(counter)).setAAD(authenticated)
  return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()])
}

const open = (key: Buffer, counter: number, sealed: Uint8Array, authenticated: Buffer) => {
  const decipher = createDecipheriv("aes-256-gcm", key, nonce(counter)).setAAD(authenticated)
  decipher.setAuthTag(sealed.subarray(-16))
  return Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()])
}

const required = (field: Uint8Array | null | undefined): Uint8Array => {
  if (!field) throw new Error("handshake message lacks a field")
  return field
}
