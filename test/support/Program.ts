import * as path from "node:path"

const isCompiled = import.meta.filename.endsWith(".js")

/** The file of a module, named without its extension: compiled where these tests are, its source otherwise. */
export const moduleFile = (folder: string, name: string): string =>
  path.resolve(folder, isCompiled ? `${name}.js` : `${name}.ts`)

/** What Node takes to run a module as a process of its own. */
export const program = (folder: string, name: string): ReadonlyArray<string> =>
  isCompiled ? [moduleFile(folder, name)] : ["--import", "tsx", moduleFile(folder, name)]
