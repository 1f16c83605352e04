import { generateKeyPairSync, sign } from "node:crypto"

/** A key and a certificate for localhost that nobody has vouched for, as PEM. */
export const selfSigned = () => {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519")
  const ed25519 = sequence(der(0x06, Buffer.from("2b6570", "hex")))
  const commonName = sequence(der(0x06, Buffer.from("550403", "hex")), der(0x0c, "localhost"))
  const name = sequence(der(0x31, commonName))
  const validity = sequence(der(0x17, "200101000000Z"), der(0x17, "491231235959Z"))
  const serial = der(0x02, Buffer.from([1]))
  const spki = publicKey.export({ type: "spki", format: "der" })
  const content = sequence(serial, ed25519, name, validity, name, spki)
  const signature = der(0x03, Buffer.from([0]), sign(null, content, privateKey))
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }),
    cert: pem(sequence(content, ed25519, signature)),
  }
}

const der = (tag: number, ...parts: ReadonlyArray<Buffer | string>) => {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part as Buffer)))
  const length = body.length < 128 ? [body.length] : [0x81, body.length]
  return Buffer.concat([Buffer.from([tag, ...length]), body])
}

const sequence = (...parts: ReadonlyArray<Buffer>) => der(0x30, ...parts)

const pem = (bytes: Buffer) =>
  `-----BEGIN CERTIFICATE-----\n${bytes.toString("base64")}\n-----END CERTIFICATE-----\n`
