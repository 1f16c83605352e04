/** Code to preload that takes a part out of one of the gateway's own files as it is read. */
export const rewriting = (file: string, changes: ReadonlyArray<readonly [string, string]>) => {
  const hook = `
    export const load = async (url, context, next) => {
      const loaded = await next(url, context)
      if (!url.includes(${JSON.stringify(file)})) return loaded
      let source = String(loaded.source)
      for (const [from, to] of ${JSON.stringify(changes)}) {
        if (!source.includes(from)) throw new Error("nothing to take out of " + url + source)
        source = source.replace(from, to)
      }
      return { ...loaded, source }
    }`
  const address = `data:text/javascript,${encodeURIComponent(hook)}`
  return `import { register } from "node:module"; register(${JSON.stringify(address)})`
}
