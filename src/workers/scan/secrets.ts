/** Endings that mark an example without secrets in it: `.env.example`, `terraform.tfvars.sample`. */
const example = /[.\-_](example|examples|sample|template|tmpl|tpl|dist|defaults?|schema)$/;

/** Folders in which everything is taken to be secret. */
const secretFolders = new Set(['.ssh', '.gnupg', '.password-store']);

/** Files that hold secrets where they lie in a certain folder. */
const secretInFolder = new Map([
  ['.aws', 'config'],
  ['.kube', 'config'],
  ['.docker', 'config.json'],
]);

const secretNames = new Set([
  '.netrc',
  '_netrc',
  '.npmrc',
  '.pypirc',
  '.pgpass',
  'pgpass.conf',
  '.my.cnf',
  '.mylogin.cnf',
  '.htpasswd',
  '.htdigest',
  '.git-credentials',
  '.gitcookies',
  '.dockercfg',
  '.dockerconfigjson',
  '.s3cfg',
  '.boto',
  '.envrc',
  '.vault-token',
  '.vault_pass',
  '.vault_pass.txt',
  '.terraformrc',
  'terraform.rc',
  'credentials',
  'credentials.json',
  'credentials.yml',
  'credentials.yaml',
  'credentials.toml',
  'credentials.tfrc.json',
  'application_default_credentials.json',
  'kubeconfig',
  'kubeconfig.yaml',
  'kubeconfig.yml',
]);

const secretPatterns = [
  /^\.env(\..*)?$/,
  /\.env$/,
  /\.(pem|key|p8|p12|pfx|ppk|jks|jceks|bks|keystore|truststore|kdbx?|ovpn|agekey|mobileprovision)$/,
  /^id_(rsa|dsa|ecdsa|ed25519|xmss)(?!.*\.pub$)([._-].*)?$/,
  /^\.?secrets?(\.[\w-]+)?\.(ya?ml|json|toml|ini|env|properties)$/,
  /^client_secret.*\.json$/,
  /(^|[-_.])service[-_]?account([-_.].*)?\.json$/,
  /\.tfvars(\.json)?$/,
  /\.tfstate(\..*)?$/,
];

// Files of type declarations and code that only look like secrets by their beginning, such as ".env.d.ts".
const sourceCode = /\.(d\.ts|ts|js|mjs|cjs|tsx|jsx|py|go|rs|java|rb|php|md|rst)$/;

/**
 * True if a file is one that commonly holds secrets, judged by its path alone: environment files, private keys,
 * key stores, credentials of tools. Examples and templates of such files are not. Pure.
 *
 * @param path with forward slashes, from anywhere
 */
export function isSecretPath(path: string): boolean {
  const parts = path.split('/');
  const name = parts.pop() ?? '';
  return parts.some(isSecretFolder) || isSecretFile(parts.at(-1) ?? '', name.toLowerCase());
}

/** As isSecretPath, for everything in a folder, by the folder's own name. */
export function isSecretFolder(name: string): boolean {
  return secretFolders.has(name);
}

/** As isSecretPath, for a file alone. @param folder name of its folder @param name its name in lower case */
export function isSecretFile(folder: string, name: string): boolean {
  if (secretNames.has(name) || secretInFolder.get(folder) === name) return true;
  if (!secretPatterns.some((pattern) => pattern.test(name)) || sourceCode.test(name)) return false;
  return !isExample(name) && !isExample(name.replace(/\.\w+$/, ''));
}

function isExample(name: string): boolean {
  return example.test(name) || /^(example|sample|template)\./.test(name);
}
