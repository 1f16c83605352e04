import { Curve, type KeyPair, proto } from "@whiskeysockets/baileys"

/** What the server proves itself with: its static Noise key and the chain that vouches for it. */
export type Certificate = {
  readonly rootPublicKey: Buffer
  readonly staticKey: KeyPair
  readonly chain: Buffer
}

/** Signs root → intermediate → leaf, in the shape (and with the serials) the client checks. */
export const issueCertificate = (): Certificate => {
  const [root, intermediate, leaf] = [
    Curve.generateKeyPair(),
    Curve.generateKeyPair(),
    Curve.generateKeyPair(),
  ]
  const chain = proto.CertChain.encode({
    leaf: signed({ serial: 2, issuerSerial: 1, key: leaf.public }, intermediate),
    intermediate: signed({ serial: 1, issuerSerial: 0, key: intermediate.public }, root),
  }).finish()
  return {
    rootPublicKey: Buffer.from(root.public),
    staticKey: leaf,
    chain: Buffer.from(chain),
  }
}

const signed = (
  claims: proto.CertChain.NoiseCertificate.IDetails,
  issuer: KeyPair,
): proto.CertChain.INoiseCertificate => {
  const details = proto.CertChain.NoiseCertificate.Details.encode(claims).finish()
  return { details, signature: Curve.sign(issuer.private, details) }
}
