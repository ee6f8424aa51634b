// The OpenID Connect provider that tests log in at: `oidc-provider` with its own pages for login and consent.
//
//     node provider.js PORT TOKEN_SECONDS KEYS_FILE
//
// Whoever logs in is who they say (any password). KEYS_FILE is a JWK set; it is made when it is not there.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import path from "node:path";

// The packages are installed in the folder that the tests start this in, not beside this file.
const require = createRequire(path.join(process.cwd(), "package.json"));
const { Provider } = await import(pathToFileURL(require.resolve("oidc-provider")));

const [port, tokenSeconds, keysFile] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;

if (!existsSync(keysFile)) {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const key = { ...privateKey.export({ format: "jwk" }), kid: randomUUID(), use: "sig", alg: "RS256" };
  writeFileSync(keysFile, JSON.stringify({ keys: [key] }));
}

const provider = new Provider(issuer, {
  jwks: JSON.parse(readFileSync(keysFile, "utf8")),
  clients: [
    {
      client_id: "madang",
      client_secret: "the secret of the tests",
      redirect_uris: ["http://testserver/login/oidc/callback"],
    },
  ],
  clientBasedCORS: () => false,
  claims: { openid: ["sub"], profile: ["name", "preferred_username"], email: ["email", "email_verified"] },
  ttl: { IdToken: Number(tokenSeconds) },
  cookies: { keys: ["a key of the tests"] },
  pkce: { required: () => true, methods: ["S256"] },
  features: { devInteractions: { enabled: true } },
  findAccount: (_, sub) => ({
    accountId: sub,
    claims: () => ({
      sub,
      name: `${sub} from elsewhere`,
      preferred_username: sub,
      email: `${sub}@example.org`,
      email_verified: true,
    }),
  }),
});
provider.listen(Number(port), "127.0.0.1");
