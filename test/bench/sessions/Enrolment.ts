import { Curve, initAuthCreds, proto } from "@whiskeysockets/baileys"
import type { Emulator } from "../../emulator/Emulator.ts"
import { Companion } from "../../emulator/people/Companion.ts"
import { confirmDevice, signDevice } from "../../emulator/people/Pairing.ts"
import type { Person } from "../../emulator/people/Person.ts"
import type { Account } from "./Accounts.ts"

/** How much of WhatsApp each account sees. */
export interface Neighbourhood {
  readonly contacts: number
  readonly groups: number
}

export const neighbourhood: Neighbourhood = { contacts: 200, groups: 10 }

/** More than the server wants to see, so that nobody uploads any. */
const preKeys = 30

/**
 * People with a crowd of acquaintances, a tenth of it in each of their groups. The crowd is one for
 * all of them: those who run the devices store it for each all the same.
 */
export const settle = (
  emulator: Emulator,
  people: number,
  { contacts, groups } = neighbourhood,
) => {
  const crowd = Array.from({ length: contacts }, () => emulator.addPerson())
  const share = contacts / groups
  const owners = Array.from({ length: people }, () => {
    const owner = emulator.addPerson()
    for (let nth = 0; nth < groups; nth += 1)
      emulator.addGroup({
        subject: `Group ${nth + 1}`,
        owner,
        members: crowd.slice(nth * share, (nth + 1) * share),
      })
    return owner
  })
  return { crowd, owners }
}

/** Links a device to the person without the ceremony, as if its history had long been read. */
export const enrol = (person: Person, crowd: ReadonlyArray<Person>): Account => {
  const creds = initAuthCreds()
  const { noiseKey, registrationId, signedIdentityKey, signedPreKey } = creds
  const account = person.phone.identity
  const device = person.nextDevice()
  const identity = Buffer.from(signedIdentityKey.public)
  const offer = signDevice(account, identity, Buffer.alloc(32), device)
  const signed = proto.ADVSignedDeviceIdentity.decode(
    proto.ADVSignedDeviceIdentityHMAC.decode(offer.payload).details!,
  )
  signed.deviceSignature = Curve.sign(
    signedIdentityKey.private,
    Buffer.concat([Buffer.of(6, 1), offer.details, identity, account.public]),
  )
  const registration = {
    noiseKey: Buffer.from(noiseKey.public),
    identity,
    registrationId,
    signedPreKey: {
      id: signedPreKey.keyId,
      key: signedPreKey.keyPair.public,
      signature: signedPreKey.signature,
    },
  }
  const answer = proto.ADVSignedDeviceIdentity.encode(signed).finish()
  const deviceIdentity = confirmDevice(account.public, identity, offer, answer)
  const companion = new Companion(person, device, registration, deviceIdentity)
  companion.bootstrapped = true
  const newest = Curve.generateKeyPair()
  for (let id = 1; id <= preKeys; id += 1) companion.preKeys.set(id, Buffer.from(newest.public))
  person.companions.set(device, companion)
  return {
    creds: {
      ...creds,
      account: signed,
      me: { id: companion.pnJid, lid: companion.lidJid, name: person.name },
      platform: "android",
      nextPreKeyId: preKeys + 1,
      firstUnuploadedPreKeyId: preKeys + 1,
      accountSyncCounter: 1,
    },
    keys: { "pre-key": { [preKeys]: newest }, "lid-mapping": mappingsOf(crowd) },
  }
}

const mappingsOf = (crowd: ReadonlyArray<Person>) =>
  Object.fromEntries(
    crowd.flatMap(({ lid, pn }) => [
      [pn, lid],
      [`${lid}_reverse`, pn],
    ]),
  )
