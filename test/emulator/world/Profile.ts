/** The user part of a person's LID; unlike the phone number it never changes. */
export type PersonId = string

/** What the server knows about an account, as plain data. */
export type Profile = {
  readonly id: PersonId
  /** Digits only. */
  pn: string
  name: string
  about: string
  picture: string | undefined
  readonly privacy: Privacy
  readonly blocked: Set<PersonId>
  readonly contacts: Map<PersonId, string>
}

export type Privacy = Record<PrivacyCategory, string>

export type PrivacyCategory = (typeof categories)[number]

const categories = [
  "readreceipts",
  "groupadd",
  "last",
  "status",
  "profile",
  "online",
  "calladd",
  "messages",
] as const

export const isPrivacyCategory = (name: string): name is PrivacyCategory =>
  categories.some((category) => category === name)

export const openPrivacy = (): Privacy => ({
  readreceipts: "all",
  groupadd: "all",
  last: "all",
  status: "all",
  profile: "all",
  online: "all",
  calladd: "all",
  messages: "all",
})

/** Whether this person lets the other one put them into a group. */
export const allowsAddBy = (profile: Profile, adder: PersonId): boolean => {
  if (profile.blocked.has(adder)) return false
  const { groupadd } = profile.privacy
  return groupadd === "all" || (groupadd === "contacts" && profile.contacts.has(adder))
}

export const describeProfile = (profile: Profile) => ({
  lid: profile.id,
  pn: profile.pn,
  name: profile.name,
  about: profile.about,
  picture: profile.picture ?? null,
  privacy: { ...profile.privacy },
  blocked: [...profile.blocked],
  contacts: Object.fromEntries(profile.contacts),
})
