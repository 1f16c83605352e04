import type { Person } from "../people/Person.ts"

export type LoginRefusal = { readonly reason: number; readonly attrs: Record<string, string> }

/** Accounts whose next logins end in `<failure>`. */
export class LoginRefusals {
  #waiting = new Map<Person, { readonly refusal: LoginRefusal; left: number }>()

  add(person: Person, refusal: LoginRefusal, times: number) {
    this.#waiting.set(person, { refusal, left: times })
  }

  take(person: Person): LoginRefusal | undefined {
    const found = this.#waiting.get(person)
    if (!found) return undefined
    found.left -= 1
    if (found.left <= 0) this.#waiting.delete(person)
    return found.refusal
  }
}
