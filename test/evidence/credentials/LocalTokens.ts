import { calculateJwkThumbprint } from "jose"
import { createPrivateKey, createPublicKey } from "node:crypto"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import type { Case } from "../../layers/jwt/Case.ts"
import { confusionWith, unsignedLike } from "../../layers/jwt/Forgeries.ts"
import { altered } from "../../layers/jwt/Misshapen.ts"
import { type Pair, token } from "../../layers/jwt/Tokens.ts"
import { wrongClaimsBy } from "../../layers/jwt/WrongClaims.ts"

/** The key pair that a gateway with AUTH_LOCAL keeps in its folder. */
export const localPair = async (folder: string): Promise<Pair> => {
  const privateKey = createPrivateKey(readFileSync(join(folder, "identity.key")))
  const publicKey = createPublicKey(privateKey)
  const kid = await calculateJwkThumbprint(publicKey.export({ format: "jwk" }) as never)
  return { alg: "ES256", kid, privateKey, publicKey }
}

/** Bad tokens that only whoever has the key could make, and what others could make of a good one. */
export const localCases = (pair: Pair): ReadonlyArray<Case> => [
  ...wrongClaimsBy(pair),
  ...unsignedLike(pair),
  ...confusionWith(pair),
  ...altered("local", token(pair)),
]
