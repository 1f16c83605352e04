import {
  type AuthenticationCreds,
  type BaileysEventMap,
  Browsers,
  initAuthCreds,
  makeWASocket,
  type UserFacingSocketConfig,
  WA_CERT_DETAILS,
  type WASocket,
} from "@whiskeysockets/baileys"
import type { Emulator } from "../Emulator.ts"
import { MemoryKeys } from "../people/MemoryKeys.ts"
import type { Person } from "../people/Person.ts"
import { silenceLibsignal, silentLogger } from "../people/Silence.ts"

silenceLibsignal()

type Events = BaileysEventMap
type Name = keyof Events
type Seen = { readonly name: Name; readonly data: unknown }
type Config = Partial<UserFacingSocketConfig>

export type Auth = { readonly creds: AuthenticationCreds; readonly keys: MemoryKeys }

type Status = {
  readonly id: string | undefined
  readonly status: number | undefined
  readonly reasons: ReadonlyArray<string>
}

const PATIENCE_MS = 10_000
const FLUSH_MS = 200

/** Makes this process believe the emulator's certificate instead of WhatsApp's. */
export const trust = (emulator: Emulator) => {
  WA_CERT_DETAILS.PUBLIC_KEY = Buffer.from(emulator.rootPublicKey)
}

export const newAuth = (): Auth => ({ creds: initAuthCreds(), keys: new MemoryKeys() })

/** A real Baileys client that remembers every event, so that a test may ask after the fact. */
export class Client {
  readonly auth: Auth
  readonly socket: WASocket
  #seen: Array<Seen> = []
  #waiting = new Set<() => void>()

  constructor(emulator: Emulator, auth: Auth = newAuth(), config: Config = {}) {
    this.auth = auth
    this.socket = makeWASocket({
      auth,
      waWebSocketUrl: emulator.url,
      logger: silentLogger,
      browser: Browsers.ubuntu("Chrome"),
      ...config,
    })
    this.socket.ev.on("creds.update", (patch) => void Object.assign(auth.creds, patch))
    this.socket.ev.process((events) => this.#remember(events))
  }

  /** Links by QR and returns the client that logged in afterwards. */
  static async link(emulator: Emulator, person: Person, config: Config = {}): Promise<Client> {
    const first = new Client(emulator, newAuth(), config)
    await emulator.scanQr(await first.qr(), person)
    await first.closeCode()
    return Client.login(emulator, first.auth, config)
  }

  static async login(emulator: Emulator, auth: Auth, config: Config = {}): Promise<Client> {
    const client = new Client(emulator, auth, config)
    await client.event("connection.update", ({ connection }) => connection === "open")
    return client
  }

  async qr(): Promise<string> {
    const { qr } = await this.event("connection.update", ({ qr }) => qr !== undefined)
    return qr ?? ""
  }

  /** The code with which the connection ended. */
  async closeCode(): Promise<number | undefined> {
    const update = await this.event("connection.update", ({ connection }) => connection === "close")
    const error = update.lastDisconnect?.error as { output?: { statusCode?: number } } | undefined
    return error?.output?.statusCode
  }

  /** The first event of the kind, past or future, that fits. */
  async event<N extends Name>(
    name: N,
    fits: (data: Events[N]) => boolean = () => true,
  ): Promise<Events[N]> {
    return this.until(() => this.events(name).find(fits), `the event ${name}`)
  }

  events<N extends Name>(name: N): Array<Events[N]> {
    return this.#seen.filter((seen) => seen.name === name).map(({ data }) => data as Events[N])
  }

  /** Waits for an own message to reach a status; buffered updates come folded into the message itself. */
  status(id: string | null | undefined, status: number) {
    const fits = (one: Status) => one.id === id && one.status === status
    return this.until(() => this.#statuses().find(fits), `status ${status} of ${id}`)
  }

  forget() {
    this.#seen = []
  }

  /** Waits until an event makes the question have an answer. */
  until<A>(question: () => A | undefined, what: string): Promise<A> {
    return new Promise((resolve, reject) => {
      const ask = () => {
        const answer = question()
        if (answer === undefined) return
        clearTimeout(timer)
        clearInterval(flushing)
        this.#waiting.delete(ask)
        resolve(answer)
      }
      // Baileys forgets to flush its event buffer once a flush timer has fired on an idle buffer: 30 s without events.
      const flushing = setInterval(() => this.socket.ev.flush(), FLUSH_MS)
      const timer = setTimeout(() => {
        clearInterval(flushing)
        this.#waiting.delete(ask)
        const names = this.#seen.map(({ name }) => name).join(" ")
        reject(new Error(`${what} did not come; saw: ${names}`))
      }, PATIENCE_MS)
      this.#waiting.add(ask)
      ask()
    })
  }

  end() {
    return this.socket.end(undefined)
  }

  #statuses(): Array<Status> {
    const updates = this.events("messages.update")
      .flat()
      .map(({ key, update }) => ({ ...key, ...update }))
    const messages = this.events("messages.upsert")
      .flatMap(({ messages }) => messages)
      .map((message) => ({ ...message.key, ...message }))
    return [...updates, ...messages].map(({ id, status, messageStubParameters: reasons }) => ({
      id: id ?? undefined,
      status: status ?? undefined,
      reasons: reasons ?? [],
    }))
  }

  #remember(events: Partial<Events>) {
    for (const [name, data] of Object.entries(events)) this.#seen.push({ name: name as Name, data })
    for (const ask of this.#waiting) ask()
  }
}
