import type { BinaryNode } from "@whiskeysockets/baileys"

export type { BinaryNode }

type Content = BinaryNode["content"]

export const SERVER = "s.whatsapp.net"

export const el = (
  tag: string,
  attrs: Record<string, string> = {},
  content?: Content,
): BinaryNode => (content === undefined ? { tag, attrs } : { tag, attrs, content })

export const children = (node: BinaryNode | undefined, tag?: string): Array<BinaryNode> => {
  const all = Array.isArray(node?.content) ? node.content : []
  return tag === undefined ? all : all.filter((child) => child.tag === tag)
}

export const child = (node: BinaryNode | undefined, tag?: string) => children(node, tag)[0]

/** The node's own content as bytes; empty when it has none. */
export const bytes = (node: BinaryNode | undefined): Buffer => {
  const content = node?.content
  return content === undefined || Array.isArray(content) ? Buffer.alloc(0) : Buffer.from(content)
}

export const text = (node: BinaryNode | undefined) => bytes(node).toString()

/** Big-endian number, the way WhatsApp writes key and registration ids. */
export const number = (node: BinaryNode | undefined) => {
  const raw = bytes(node)
  return raw.length === 0 ? 0 : raw.readUIntBE(0, raw.length)
}

export const bigEndian = (value: number, length: number) => {
  const out = Buffer.alloc(length)
  out.writeUIntBE(value, 0, length)
  return out
}

/** Keeps only the attributes that have a value, so optional ones can be written in line. */
export const attributes = (all: Record<string, string | undefined>) => {
  const present: Record<string, string> = {}
  for (const [name, value] of Object.entries(all)) if (value !== undefined) present[name] = value
  return present
}

/** Wall-clock seconds as stanzas carry them in `t`. */
export const seconds = () => Math.floor(Date.now() / 1000).toString()
